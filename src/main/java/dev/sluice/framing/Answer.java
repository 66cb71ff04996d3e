package dev.sluice.framing;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;

/**
 * The head of a final response: its fields can be sent on as they are, for none has a character
 * that RFC 9110 §5 does not let them have.
 *
 * @param reason the reason phrase (RFC 9112 §4); null where it is the usual one, or none as with
 *     HTTP/2
 */
public record Answer(HttpVersion version, int status, String reason, MultiMap fields) {

  /** The first field of that name, or null. */
  public String field(CharSequence name) {
    return fields.get(name);
  }

  /** What Content-Length says, in bytes; -1 where there is none. */
  public long length() {
    String length = fields.get(HttpHeaders.CONTENT_LENGTH);
    return length == null ? -1 : Long.parseLong(length);
  }
}
