package dev.sluice.http;

import dev.sluice.cache.http.Stored;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/** Writes stored responses: whole, in part, or as 304. */
final class StoredReply {
  private static final CharSequence CACHE_STATUS = HttpHeaders.createOptimized("cache-status");
  private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-request-id");

  /** What was sent: for the log. */
  record Sent(int status, int bytes) {}

  private StoredReply() {}

  /** Writes all but the end, and says what the end is to be. */
  private record Ending(int status, Buffer body) {}

  /** Answers a request; {@code status} is this cache's part of Cache-Status (RFC 9211). */
  static Sent send(
      HttpServerRequest request, String requestId, Stored stored, String status, long now) {
    HttpServerResponse response = request.response();
    MultiMap headers = response.headers();
    head(request, requestId, stored, status, now);
    Ending ending = ending(request.headers(), stored, headers, now);
    response.setStatusCode(ending.status);
    boolean plain = ending.status == stored.status();
    if (plain && stored.reason() != null && request.version() != HttpVersion.HTTP_2) {
      response.setStatusMessage(stored.reason());
    }
    if (ending.body == null) {
      response.end();
      return new Sent(ending.status, 0);
    }
    headers.set(HttpHeaders.CONTENT_LENGTH, Integer.toString(ending.body.length()));
    if (request.method() == HttpMethod.HEAD) {
      response.end();
      return new Sent(ending.status, 0);
    }
    response.end(ending.body);
    return new Sent(ending.status, ending.body.length());
  }

  /** Sets the fields of a stored response, and what a cache adds to them (RFC 9111 §4, §5.1). */
  static void head(
      HttpServerRequest request, String requestId, Stored stored, String status, long now) {
    MultiMap headers = request.response().headers();
    stored.forEach(headers::add);
    headers.set(REQUEST_ID, requestId);
    headers.set(HttpHeaders.AGE, Long.toString(stored.age(now)));
    headers.add(CACHE_STATUS, "Sluice; " + status);
  }

  private static Ending ending(MultiMap request, Stored stored, MultiMap headers, long now) {
    if (stored.isUnchangedFor(request, now)) {
      headers.remove(HttpHeaders.CONTENT_TYPE); // of a body that is not sent (RFC 9110 §15.4.5)
      headers.remove(HttpHeaders.CONTENT_ENCODING);
      return new Ending(304, null);
    }
    if (stored.status() == 204) return new Ending(204, null);
    Buffer body = stored.body();
    Stored.Part part = stored.part(request, now);
    if (part == null) return new Ending(stored.status(), body);
    headers.set(HttpHeaders.CONTENT_RANGE, part.contentRange());
    if (part.isEmpty()) return new Ending(416, Buffer.buffer());
    return new Ending(206, body.slice(part.from(), part.to() + 1));
  }
}
