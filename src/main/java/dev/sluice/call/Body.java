package dev.sluice.call;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;

/**
 * Bytes, or the stream they are to come by, and their media type.
 *
 * @param bytes frozen once the body is in a message; null where it is streamed
 * @param type the media type, or null
 * @param flow where to read it, once; null where the bytes are here
 */
public record Body(Buffer bytes, String type, Flow flow) {
  public static final String JSON = "application/json";
  public static final Body NONE = new Body(Buffer.buffer(0), null);

  public Body(Buffer bytes, String type) {
    this(bytes, type, null);
  }

  /** A body that comes by a stream. */
  public static Body streamed(Flow flow, String type) {
    return new Body(null, type, flow);
  }

  /** The JSON form of any value Jackson can write. */
  public static Body json(Object value) {
    return new Body(Json.encodeToBuffer(value), JSON);
  }

  public static Body text(String text) {
    return new Body(Buffer.buffer(text), "text/plain; charset=utf-8");
  }

  /** Whether there is none; a streamed one may still turn out to have no bytes. */
  public boolean isEmpty() {
    return flow == null && bytes.length() == 0;
  }

  public boolean isStreamed() {
    return flow != null;
  }

  /** How many bytes of it are here. */
  public int weight() {
    return flow == null ? bytes.length() : 0;
  }
}
