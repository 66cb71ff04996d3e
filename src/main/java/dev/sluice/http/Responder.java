package dev.sluice.http;

import dev.sluice.bus.Flows;
import dev.sluice.cache.http.Stored;
import dev.sluice.call.Body;
import dev.sluice.call.Cached;
import dev.sluice.call.Failure;
import dev.sluice.call.Gzip;
import dev.sluice.call.Reply;
import dev.sluice.upstream.Trouble;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a reply or a failure into the bytes of a response, and has it counted and logged. */
final class Responder {
  private static final Logger LOG = LoggerFactory.getLogger(Responder.class);

  /** What a strong tag ends with when the representation is compressed (RFC 9110 §8.8.3.3). */
  static final String GZIP_TAG = "-gzip";

  private static final long INTERNAL_ERROR = 2; // RFC 9113 §7

  private final Vertx vertx;
  private final StandingHeaders standing;
  private final RequestLog log;
  private final long compressFrom;

  Responder(Vertx vertx, StandingHeaders standing, RequestLog log, long compressFrom) {
    this.vertx = vertx;
    this.standing = standing;
    this.log = log;
    this.compressFrom = compressFrom;
  }

  void fail(Exchange exchange, Throwable cause) {
    if (!(cause instanceof Failure)) {
      LOG.error("request {} failed unexpectedly", exchange.trace.requestId(), cause);
    }
    send(exchange, Errors.render(Failure.from(cause), Errors.Reader.of(exchange)));
  }

  /** An upstream has not answered: intermediaries and clients are told why (RFC 9209 §2.3). */
  void fail(Exchange exchange, Failure failure, Trouble trouble) {
    if (trouble != null && !exchange.response.headWritten()) {
      exchange.response.putHeader("proxy-status", "Sluice; error=" + trouble.word());
    }
    fail(exchange, failure);
  }

  void send(Exchange exchange, Reply reply) {
    if (exchange.isGone()) {
      Flows.drop(vertx, reply.body());
      log.gone(exchange);
      return;
    }
    Body body = reply.body();
    if (body.isStreamed()) {
      stream(exchange, reply);
      return;
    }
    boolean notModified = isNotModified(exchange, reply);
    boolean large = body.bytes().length() >= compressFrom;
    boolean compressible = large && Negotiation.isCompressible(body.type());
    boolean gzip =
        compressible
            && !notModified
            && Negotiation.acceptsGzip(exchange.request.getHeader(HttpHeaders.ACCEPT_ENCODING));
    MultiMap headers = exchange.response.headers();
    if (compressible) headers.add(HttpHeaders.VARY, "Accept-Encoding");
    if (!gzip) {
      write(exchange, reply, notModified, false, body.bytes());
    } else if (Gzip.isQuick(body.bytes())) {
      write(exchange, reply, false, true, Gzip.compress(body.bytes()));
    } else {
      vertx
          .executeBlocking(() -> Gzip.compress(body.bytes()), false)
          .onSuccess(bytes -> write(exchange, reply, false, true, bytes))
          .onFailure(e -> fail(exchange, e));
    }
  }

  /** RFC 9110 §13.1.2. */
  private static boolean isNotModified(Exchange exchange, Reply reply) {
    HttpMethod method = exchange.request.method();
    return reply.status() == 200
        && (method == HttpMethod.GET || method == HttpMethod.HEAD)
        && Negotiation.matches(exchange.request.getHeader(HttpHeaders.IF_NONE_MATCH), reply.etag());
  }

  /** A response somebody else writes: gets its standing headers, and is counted at its end. */
  void pass(Exchange exchange) {
    standing.put(exchange.response.headers(), exchange.request, exchange.trace.requestId());
    exchange.response.bodyEndHandler(end -> written(exchange));
  }

  /** An upstream's own response: gets the request's id, and is counted at its end. */
  void passOn(Exchange exchange) {
    exchange.answered();
    standing.passOn(exchange.response.headers(), exchange.trace.requestId());
    RateFields.put(exchange.response.headers(), exchange.counted);
    exchange.response.bodyEndHandler(
        end -> {
          exchange.passed();
          written(exchange);
        });
  }

  /** A response that others wrote has come to its end, or broken off. */
  void written(Exchange exchange) {
    long bytes = exchange.response.bytesWritten();
    log.done(exchange, exchange.response.getStatusCode(), bytes, exchange.cacheStatus);
  }

  /** A response that an HTTP cache holds; {@code asked} is whether its origin was, for this. */
  void stored(Exchange exchange, Stored stored, boolean asked, String status, long now) {
    if (exchange.response.closed() || exchange.response.ended()) {
      log.gone(exchange);
      return;
    }
    String id = exchange.trace.requestId();
    if (asked) exchange.answered();
    StoredReply.Ending sent =
        asked
            ? StoredReply.validated(exchange.request, id, stored, status, now)
            : StoredReply.prepare(exchange.request, id, stored, status, now);
    RateFields.put(exchange.response.headers(), exchange.counted);
    exchange.end(sent.body());
    log.done(exchange, sent.status(), sent.bytes(), status);
  }

  /** Half a body is never passed on as a whole one: the client sees that it broke off. */
  void breakOff(Exchange exchange) {
    written(exchange);
    exchange.ending();
    exchange.response.reset(INTERNAL_ERROR);
    if (exchange.request.version() != HttpVersion.HTTP_2) exchange.request.connection().close();
  }

  /** A body of some type will be written, and nobody knows how long. */
  void begin(Exchange exchange, String type) {
    MultiMap headers = head(exchange, Reply.of(200, Body.NONE), false);
    headers.set(HttpHeaders.CONTENT_TYPE, type);
    headers.set(HttpHeaders.CACHE_CONTROL, "no-store");
    headers.set("x-accel-buffering", "no"); // or nginx before us keeps it
    Delivery.frame(exchange, 200);
  }

  /** Its connection speaks another protocol now (RFC 9110 §15.2.2). */
  void upgraded(Exchange exchange) {
    log.done(exchange, 101, 0, null);
  }

  /** The same, to an upstream: the answer is its own, and is counted; logged it is at the end. */
  RequestLog.Pending switched(Exchange exchange) {
    exchange.answered();
    standing.passOn(exchange.response.headers(), exchange.trace.requestId());
    RateFields.put(exchange.response.headers(), exchange.counted);
    exchange.switched();
    return log.switched(exchange);
  }

  /** Its client has gone before it was answered. */
  void gone(Exchange exchange) {
    log.gone(exchange);
  }

  /** What a browser may send from another origin, where that origin may call at all. */
  void preflight(Exchange exchange, Set<String> methods) {
    standing.preflight(
        exchange.response.headers(),
        exchange.request.getHeader(HttpHeaders.ORIGIN),
        exchange.request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS),
        methods);
  }

  private void write(
      Exchange exchange, Reply reply, boolean notModified, boolean gzip, Buffer bytes) {
    HttpServerResponse response = exchange.response;
    if (response.closed() || response.ended()) {
      log.gone(exchange);
      return;
    }
    boolean shared = !gzip && reply.cached().etag() != null; // with the cache
    if (!shared && Outflow.isLarge(bytes.length())) {
      exchange.onOverload(() -> fail(exchange, Backlog.overloaded()));
      if (!exchange.hold(bytes.length())) return;
    }
    MultiMap headers = head(exchange, reply, gzip);
    response.setStatusCode(notModified ? 304 : reply.status());
    if (notModified || reply.status() == 204 || reply.status() == 304) {
      exchange.end(null);
      log.done(exchange, response.getStatusCode(), 0, cache(exchange, reply));
      return;
    }
    if (reply.body().type() != null) headers.set(HttpHeaders.CONTENT_TYPE, reply.body().type());
    if (gzip) headers.set(HttpHeaders.CONTENT_ENCODING, "gzip");
    if (gzip && reply.cached().etag() == null) weaken(headers);
    headers.set(HttpHeaders.CONTENT_LENGTH, Integer.toString(bytes.length()));
    boolean head = exchange.request.method() == HttpMethod.HEAD;
    exchange.end(head ? null : bytes);
    log.done(exchange, reply.status(), head ? 0 : bytes.length(), cache(exchange, reply));
  }

  /** What a cache had to do with it. */
  private static String cache(Exchange exchange, Reply reply) {
    return reply.cached().status() == null ? exchange.cacheStatus : reply.cached().status();
  }

  private MultiMap head(Exchange exchange, Reply reply, boolean gzip) {
    MultiMap headers = exchange.response.headers();
    standing.put(headers, exchange.request, exchange.trace.requestId());
    RateFields.put(headers, exchange.counted);
    reply.headers().forEach(headers::add);
    cacheHeaders(headers, reply.cached(), gzip);
    headers.set("server-timing", timing(exchange, reply.cached()));
    return headers;
  }

  /** A body that comes by a stream is neither compressed nor compared: nobody has the whole. */
  private void stream(Exchange exchange, Reply reply) {
    HttpServerResponse response = exchange.response;
    if (response.closed() || response.ended()) {
      Flows.drop(vertx, reply.body());
      log.gone(exchange);
      return;
    }
    MultiMap headers = head(exchange, reply, false);
    response.setStatusCode(reply.status());
    if (reply.body().type() != null) headers.set(HttpHeaders.CONTENT_TYPE, reply.body().type());
    boolean head = exchange.request.method() == HttpMethod.HEAD;
    if (head || reply.status() == 204 || reply.status() == 304) {
      Flows.drop(vertx, reply.body());
      exchange.end(null);
      log.done(exchange, reply.status(), 0, null);
      return;
    }
    Delivery.frame(exchange, reply.status());
    new StreamedReply(exchange, this, Flows.read(vertx, reply.body().flow())).begin();
  }

  static void cacheHeaders(MultiMap headers, Cached cached, boolean gzip) {
    if (cached.status() != null) headers.set("cache-status", "Sluice; " + cached.status());
    if (cached.etag() != null) headers.set(HttpHeaders.ETAG, tag(cached.etag(), gzip));
    if (cached.control() != null) {
      headers.set(HttpHeaders.CACHE_CONTROL, cached.control());
      if (cached.control().startsWith("private")) headers.add(HttpHeaders.VARY, "Authorization");
    } else if (!headers.contains(HttpHeaders.CACHE_CONTROL)) {
      headers.set(HttpHeaders.CACHE_CONTROL, "no-store");
    }
    if (cached.ageSeconds() >= 0) headers.set(HttpHeaders.AGE, Long.toString(cached.ageSeconds()));
  }

  /** An origin's own tag is not one of the compressed bytes (RFC 9110 §8.8.3.3). */
  private static void weaken(MultiMap headers) {
    String etag = headers.get(HttpHeaders.ETAG);
    if (etag != null && !etag.startsWith("W/")) headers.set(HttpHeaders.ETAG, "W/" + etag);
  }

  static String tag(String etag, boolean gzip) {
    return gzip ? etag.substring(0, etag.length() - 1) + GZIP_TAG + "\"" : etag;
  }

  /** Server-Timing (W3C): milliseconds in the gateway, and whether the cache knew. */
  private static String timing(Exchange exchange, Cached cached) {
    long micros = (System.nanoTime() - exchange.began) / 1000;
    String total = "total;dur=" + micros / 1000 + "." + micros % 1000 / 100;
    if (cached.status() == null) return total;
    return total + ", cache;desc=" + (cached.status().startsWith("hit") ? "hit" : "miss");
  }
}
