package dev.sluice.http.batch;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A part's answer, as it stands in a batch's.
 *
 * @param body null without one
 * @param isJson whether it is a JSON value that can stand there as it is
 */
public record Answer(String id, int status, MultiMap headers, Buffer body, boolean isJson) {

  /** How many bytes of others it brings. */
  public int weight() {
    return body == null ? 0 : body.length();
  }

  /** The same under another id: an equal part's. */
  public Answer of(String id) {
    return new Answer(id, status, headers, body, isJson);
  }

  /**
   * Writes {@code {"id", "status", "headers", "body"}}: a body of JSON as it is, of text as a
   * string, anything else in base64.
   */
  public void write(Buffer out) {
    JsonObject fields = new JsonObject();
    headers.forEach((name, value) -> fields.put(name, joined(fields.getString(name), value)));
    out.appendString("{\"id\":\"" + id + "\",\"status\":" + status + ",\"headers\":");
    out.appendBuffer(fields.toBuffer());
    if (body != null) {
      out.appendString(",\"body\":");
      out.appendBuffer(isJson ? body : encoded());
    }
    out.appendString("}");
  }

  private static String joined(String before, String value) {
    return before == null ? value : before + ", " + value; // RFC 9110 §5.3
  }

  private Buffer encoded() {
    String type = headers.get("content-type");
    boolean text = type != null && type.startsWith("text/");
    String said =
        text
            ? body.toString(StandardCharsets.UTF_8)
            : Base64.getEncoder().encodeToString(body.getBytes());
    return Json.encodeToBuffer(said);
  }

  /** Line breaks in JSON are no part of any text in it (RFC 8259 §2, §7). */
  public static Buffer oneLine(Buffer json) {
    for (int i = 0; i < json.length(); i++) {
      byte b = json.getByte(i);
      if (b == '\n' || b == '\r') return flattened(json);
    }
    return json;
  }

  private static Buffer flattened(Buffer json) {
    byte[] bytes = json.getBytes();
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n' || bytes[i] == '\r') bytes[i] = ' ';
    }
    return Buffer.buffer(bytes);
  }
}
