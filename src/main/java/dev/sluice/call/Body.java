package dev.sluice.call;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;

/**
 * Bytes, or the stream they are to come by, and their media type.
 *
 * @param bytes frozen once the body is in a message; null where it is streamed
 * @param type the media type, or null
 * @param flow where to read it, once; null where the bytes are here
 * @param value what the bytes say, where a door has read them as JSON; frozen as they are, and left
 *     behind where a message leaves this JVM
 */
public record Body(Buffer bytes, String type, Flow flow, @JsonIgnore Object value) {
  public static final String JSON = "application/json";
  public static final Body NONE = new Body(Buffer.buffer(0), null);

  public Body(Buffer bytes, String type) {
    this(bytes, type, null, null);
  }

  /** A body that comes by a stream. */
  public static Body streamed(Flow flow, String type) {
    return new Body(null, type, flow, null);
  }

  /** The JSON form of any value Jackson can write. */
  public static Body json(Object value) {
    return new Body(Json.encodeToBuffer(value), JSON);
  }

  public static Body text(String text) {
    return new Body(Buffer.buffer(text), "text/plain; charset=utf-8");
  }

  /** Whether a media type is JSON, by its name or its suffix (RFC 6839 §3.1). */
  public static boolean isJson(String type) {
    if (type == null) return false;
    int end = type.indexOf(';');
    String bare = (end < 0 ? type : type.substring(0, end)).trim();
    return bare.equalsIgnoreCase(JSON)
        || bare.regionMatches(true, bare.length() - 5, "+json", 0, 5);
  }

  /** The same, with what its bytes say. */
  public Body read(Object value) {
    return new Body(bytes, type, flow, value);
  }

  /**
   * The JSON object that it is; not to be changed. Throws {@link Failure} VALIDATION_ERROR where it
   * is something else.
   */
  public JsonObject object() {
    if (value instanceof JsonObject object) return object;
    try {
      if (value == null && Json.decodeValue(bytes) instanceof JsonObject object) return object;
    } catch (DecodeException e) {
      throw Failure.invalid("body", "is not valid JSON", null);
    }
    throw Failure.invalid("body", "must be an object", null);
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
