package dev.sluice.http;

import dev.sluice.cache.http.Stored;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/** Writes stored responses: whole, in part, or as 304. */
final class StoredReply {
  private static final CharSequence CACHE_STATUS = HttpHeaders.createOptimized("cache-status");
  private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-request-id");

  /** What is to be sent behind the head; {@code body} is null where there is none. */
  record Ending(int status, Buffer body) {
    int bytes() {
      return body == null ? 0 : body.length();
    }
  }

  private StoredReply() {}

  /**
   * Makes the head of an answer; {@code status} is this cache's part of Cache-Status (RFC 9211).
   */
  static Ending prepare(
      HttpServerRequest request, String requestId, Stored stored, String status, long now) {
    head(request, requestId, stored, status, now);
    return whole(request, stored, now);
  }

  /** The same to the client for whom its origin has just been asked. */
  static Ending validated(
      HttpServerRequest request, String requestId, Stored stored, String status, long now) {
    first(request, requestId, stored, status, now);
    return whole(request, stored, now);
  }

  private static Ending whole(HttpServerRequest request, Stored stored, long now) {
    MultiMap headers = request.response().headers();
    Ending ending = ending(request, stored, headers, now);
    boolean plain = ending.status == stored.status();
    Delivery.status(request, ending.status, plain ? stored.reason() : null);
    if (ending.body == null) return ending;
    headers.set(HttpHeaders.CONTENT_LENGTH, Integer.toString(ending.body.length()));
    return request.method() == HttpMethod.HEAD ? new Ending(ending.status, null) : ending;
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

  /**
   * The same of a response that its origin has just made or validated for this client: an Age would
   * say that it has not (RFC 9111 §5.1), unless there is a cache on the way.
   */
  static void first(
      HttpServerRequest request, String requestId, Stored stored, String status, long now) {
    head(request, requestId, stored, status, now);
    if (!stored.isAged()) request.response().headers().remove(HttpHeaders.AGE);
  }

  private static Ending ending(
      HttpServerRequest request, Stored stored, MultiMap headers, long now) {
    if (stored.isUnchangedFor(request.headers(), now)) {
      headers.remove(HttpHeaders.CONTENT_TYPE); // of a body that is not sent (RFC 9110 §15.4.5)
      headers.remove(HttpHeaders.CONTENT_ENCODING);
      return new Ending(304, null);
    }
    if (stored.status() == 204) return new Ending(204, null);
    Buffer body = stored.body();
    boolean whole = request.method() != HttpMethod.GET; // ranges are GET's alone (RFC 9110 §14.2)
    Stored.Part part = whole ? null : stored.part(request.headers(), now);
    if (part == null) return new Ending(stored.status(), body);
    if (part.isEmpty()) {
      unsatisfiable(headers, part.contentRange());
      return new Ending(416, Buffer.buffer());
    }
    headers.set(HttpHeaders.CONTENT_RANGE, part.contentRange());
    return new Ending(206, body.slice(part.from(), part.to() + 1));
  }

  /** Of the stored response it keeps nothing that would have caches after this one keep it. */
  private static void unsatisfiable(MultiMap headers, String contentRange) {
    List<CharSequence> status = List.copyOf(headers.getAll(CACHE_STATUS));
    String id = headers.get(REQUEST_ID);
    String date = headers.get(HttpHeaders.DATE);
    headers.clear();
    headers.set(REQUEST_ID, id).set(CACHE_STATUS, status);
    if (date != null) headers.set(HttpHeaders.DATE, date);
    headers.set(HttpHeaders.CONTENT_RANGE, contentRange);
    headers.set(HttpHeaders.CACHE_CONTROL, "no-store");
  }
}
