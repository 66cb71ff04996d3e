package dev.sluice.provider;

import dev.sluice.call.Flow;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/**
 * A provider's answer, and the request it answers.
 *
 * @param body all of it; null where it is streamed
 * @param flow what it comes by where it is streamed; else null
 */
public record UpstreamAnswer(
    UpstreamRequest request, int status, MultiMap headers, Buffer body, Flow flow) {

  public UpstreamAnswer(UpstreamRequest request, int status, MultiMap headers, Buffer body) {
    this(request, status, headers, body, null);
  }

  /** The body as a JSON object; throws where it is not one. */
  public JsonObject json() {
    return body.toJsonObject();
  }

  /** A header's value as a number, or {@code absent} where it is missing or is none. */
  public long number(String header, long absent) {
    String text = headers.get(header);
    try {
      return text == null ? absent : Long.parseLong(text.trim());
    } catch (NumberFormatException e) {
      return absent;
    }
  }
}
