package dev.sluice.observe;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;

/** Keeps secrets that clients put in URLs out of the traces. */
final class RedactedSpans implements SpanExporter {
  /** In OpenTelemetry's words what follows the question mark, and nothing else, is called so. */
  private static final String QUERY = "url.query";

  private final SpanExporter next;

  RedactedSpans(SpanExporter next) {
    this.next = next;
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    return next.export(spans.stream().<SpanData>map(Redacted::new).toList());
  }

  @Override
  public CompletableResultCode flush() {
    return next.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return next.shutdown();
  }

  /** A span of whose texts each that is a URL, or a part of one, may be told. */
  private static final class Redacted extends DelegatingSpanData {
    private final Attributes attributes;

    Redacted(SpanData span) {
      super(span);
      AttributesBuilder all = span.getAttributes().toBuilder();
      span.getAttributes()
          .forEach(
              (key, value) -> {
                if (value instanceof String text) all.put(key.getKey(), told(key.getKey(), text));
              });
      attributes = all.build();
    }

    private static String told(String name, String text) {
      return name.equals(QUERY) ? Redaction.uri("?" + text).substring(1) : Redaction.uri(text);
    }

    @Override
    public Attributes getAttributes() {
      return attributes;
    }
  }
}
