package dev.sluice.call;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;

/** Bytes and their media type. The buffer is frozen once the body is in a message. */
public record Body(Buffer bytes, String type) {
  public static final String JSON = "application/json";
  public static final Body NONE = new Body(Buffer.buffer(0), null);

  /** The JSON form of any value Jackson can write. */
  public static Body json(Object value) {
    return new Body(Json.encodeToBuffer(value), JSON);
  }

  public static Body text(String text) {
    return new Body(Buffer.buffer(text), "text/plain; charset=utf-8");
  }

  public boolean isEmpty() {
    return bytes.length() == 0;
  }
}
