package dev.sluice.call;

import io.vertx.core.json.JsonObject;

/**
 * The answer to a {@link Call}.
 *
 * @param status an HTTP status
 * @param headers fields beyond those the door itself sets
 * @param body the representation
 * @param cached how the cache handled it, {@link Cached#NONE} where it never passed one
 */
public record Reply(int status, Headers headers, Body body, Cached cached) {

  public static Reply json(Object value) {
    return new Reply(200, Headers.NONE, Body.json(value), Cached.NONE);
  }

  public static Reply of(int status, Body body) {
    return new Reply(status, Headers.NONE, body, Cached.NONE);
  }

  /** The body as a JSON object. */
  public JsonObject jsonBody() {
    return body.bytes().toJsonObject();
  }

  /** The strong entity tag of the body (RFC 9110 §8.8.3), the cache's or its own, or null. */
  public String etag() {
    if (cached.etag() != null) return cached.etag();
    String own = headers.get("etag");
    return own != null && own.startsWith("\"") ? own : null;
  }

  public Reply with(String header, String value) {
    return new Reply(status, headers.with(header, value), body, cached);
  }

  public Reply cached(Cached cached) {
    return new Reply(status, headers, body, cached);
  }
}
