package dev.sluice.provider;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/** A provider's whole answer, and the request it answers. */
public record UpstreamAnswer(UpstreamRequest request, int status, MultiMap headers, Buffer body) {

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
