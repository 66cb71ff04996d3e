package dev.sluice.sandbox;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/** A whole answer of a simulated provider, so that a fault can delay it, cut it or replace it. */
public record Answer(int status, Map<String, String> headers, Buffer body) {

  /** An answer without a body. */
  public static Answer empty(int status) {
    return new Answer(status, Map.of(), Buffer.buffer());
  }

  /** A JSON answer; {@code body} is a record or whatever else Jackson writes. */
  public static Answer json(int status, Object body) {
    return new Answer(
        status,
        Map.of("content-type", "application/json; charset=utf-8"),
        Json.encodeToBuffer(body));
  }

  /** This answer with one more header. */
  public Answer with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Answer(status, more, body);
  }
}
