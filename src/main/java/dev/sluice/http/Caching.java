package dev.sluice.http;

import dev.sluice.cache.http.Asked;
import dev.sluice.cache.http.HttpCache;
import dev.sluice.cache.http.Plan;
import dev.sluice.cache.http.Stored;
import dev.sluice.cache.http.Use;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.http.forward.RouteSettings;
import dev.sluice.observe.AccessLog;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import java.util.function.Consumer;

/**
 * Routes with {@code cache: http}: which requests are answered from the store, and what becomes of
 * the others (RFC 9111 §4). One an event loop; the store and the flights are shared.
 */
final class Caching {
  /** What all event loops share. */
  record Shared(HttpCache cache, Flights flights) {}

  /** Sends requests to upstreams. */
  interface Sending {
    /** Whether the limit of a route lets a client pass at once. */
    boolean admits(RouteSettings route, String client);

    /** Has a request answered by its upstream. */
    void deliver(Exchange exchange, Delivery delivery);

    /** A GET for a fetch, in the name of a request; it is still to begin. */
    Passage passage(Exchange exchange, Fetch fetch);
  }

  private final ContextInternal context;
  private final HttpCache cache;
  private final Flights flights;
  private final Responder responder;
  private final RequestLog log;
  private final Sending sending;

  Caching(
      ContextInternal context,
      Shared shared,
      Responder responder,
      RequestLog log,
      Sending sending) {
    this.context = context;
    this.cache = shared.cache;
    this.flights = shared.flights;
    this.responder = responder;
    this.log = log;
    this.sending = sending;
  }

  /** The key of a request: what its upstream would be asked, and by which name. */
  static String key(RouteSettings route, HttpServerRequest request) {
    return route.upstream() + ' ' + Forwarder.host(request) + ' ' + route.target(request.uri());
  }

  /**
   * Answers a request that a fresh stored response is there for; false where the longer way is to
   * be taken.
   */
  boolean hit(HttpServerRequest request, String client, RouteSettings route) {
    HttpMethod method = request.method();
    if (method != HttpMethod.GET && method != HttpMethod.HEAD) return false;
    long began = System.nanoTime();
    MultiMap fields = request.headers();
    Asked asked = Asked.of(fields);
    Stored stored = cache.select(key(route, request), fields, asked.authorized());
    if (stored == null || bypasses(fields)) return false;
    long now = System.currentTimeMillis();
    if (Use.of(stored, asked, now) != Use.FRESH || Bodies.hasBody(request)) return false;
    if (!sending.admits(route, client)) return false;
    cache.countHit();
    String id = Exchange.requestId(request);
    String status = "hit; ttl=" + stored.ttl(now);
    StoredReply.Sent sent = StoredReply.send(request, id, stored, status, now);
    log.hit(
        new AccessLog.Line(
            now,
            System.nanoTime() - began,
            method.name(),
            Redaction.uri(request.uri()),
            sent.status(),
            sent.bytes(),
            client,
            id,
            null,
            "hit"),
        route.path());
    return true;
  }

  /** Answers a request, from the store or by way of its upstream. */
  void handle(Exchange exchange) {
    HttpMethod method = exchange.request.method();
    boolean reads = method == HttpMethod.GET || method == HttpMethod.HEAD;
    if (!reads) {
      boolean safe = method == HttpMethod.OPTIONS || method == HttpMethod.TRACE;
      send(
          exchange,
          "fwd=method",
          answer -> {
            if (!safe) Invalidation.of(exchange, answer, cache);
          });
    } else if (Bodies.hasBody(exchange.request) || bypasses(exchange.request.headers())) {
      send(exchange, "fwd=bypass", answer -> {});
    } else {
      read(exchange, false);
    }
  }

  /** Conditions that only an origin can judge (RFC 9110 §13.1.1, §13.1.4). */
  private static boolean bypasses(MultiMap fields) {
    return fields.contains("if-match") || fields.contains("if-unmodified-since");
  }

  private void read(Exchange exchange, boolean alone) {
    HttpServerRequest request = exchange.request;
    String key = key(exchange.forwarded, request);
    Asked asked = Asked.of(request.headers());
    Stored stored = cache.select(key, request.headers(), asked.authorized());
    long now = System.currentTimeMillis();
    Use use = stored == null || asked.noStore() ? Use.VALIDATE : Use.of(stored, asked, now);
    if (use != Use.VALIDATE) {
      cache.countHit();
      responder.stored(exchange, stored, "hit; ttl=" + stored.ttl(now), now);
      if (use == Use.WHILE_REVALIDATE) refresh(exchange, stored, asked, now);
      return;
    }
    if (asked.onlyIfCached()) {
      responder.fail(exchange, notStored());
      return;
    }
    cache.countMiss();
    String forwarded = forwarded(key, stored, asked, now);
    if (request.method() == HttpMethod.HEAD) {
      Want want = new Want(key, stored, asked, forwarded, now);
      send(
          exchange,
          forwarded,
          answer ->
              Freshening.byHead(
                  stored, request(exchange, want), exchange.forwarded, answer, cache));
    } else if (request.headers().contains("range")) {
      send(exchange, "fwd=bypass; detail=range", answer -> {});
    } else {
      fetch(exchange, new Want(key, stored, asked, forwarded, now), alone);
    }
  }

  /** What is to be fetched. */
  private record Want(String key, Stored stale, Asked asked, String forwarded, long now) {}

  private void fetch(Exchange exchange, Want want, boolean alone) {
    boolean passed = want.asked.noStore() || cache.isPassed(want.key, want.now);
    boolean joins = !alone && !passed && !want.asked.authorized();
    String flight = joins ? cache.flightKey(want.key, exchange.request.headers()) : null;
    Fetch fetch = fetchOf(exchange, want, flight, !passed);
    Fetch first = flight == null ? fetch : flights.register(flight, fetch);
    boolean collapsed = first != fetch;
    Runnable otherwise = () -> read(exchange, true);
    Reader reader = new Reader(context, exchange, responder, otherwise, collapsed);
    if (collapsed) {
      cache.countCollapsed();
      first.join(reader);
    } else {
      fetch.depart(reader);
    }
  }

  /** Asks anew for what has just been served stale, unless somebody does already. */
  private void refresh(Exchange exchange, Stored stale, Asked asked, long now) {
    String flight = cache.flightKey(stale.key(), exchange.request.headers());
    Fetch fetch =
        fetchOf(exchange, new Want(stale.key(), stale, asked, "fwd=stale", now), flight, true);
    if (flights.register(flight, fetch) == fetch) fetch.depart(null);
  }

  private Fetch fetchOf(Exchange exchange, Want want, String flight, boolean mayStore) {
    return new Fetch(
        context,
        new Fetch.Purpose(
            cache,
            exchange.forwarded,
            request(exchange, want),
            want.stale,
            mayStore,
            want.forwarded,
            done -> {
              if (flight != null) flights.remove(flight, done);
            }),
        fetch -> sending.passage(exchange, fetch));
  }

  private static Plan.Request request(Exchange exchange, Want want) {
    MultiMap fields = exchange.request.headers();
    String origin = exchange.forwarded.upstream() + ' ' + Forwarder.host(exchange.request);
    return new Plan.Request(want.key, origin, fields, want.asked, want.now, want.now - 1);
  }

  private void send(Exchange exchange, String status, Consumer<HttpClientResponse> onHead) {
    exchange.cacheStatus = status;
    sending.deliver(
        exchange,
        new Delivery(
            exchange,
            responder,
            answer -> {
              exchange.response.headers().add("cache-status", "Sluice; " + status);
              onHead.accept(answer);
            }));
  }

  /** Why a request is sent on (RFC 9211 §2.2). */
  private String forwarded(String key, Stored stored, Asked asked, long now) {
    if (stored == null) return cache.hasOthers(key) ? "fwd=vary-miss" : "fwd=uri-miss";
    return stored.ttl(now) < 0 ? "fwd=stale" : "fwd=request";
  }

  private static Failure notStored() {
    return Failure.of(
            Category.UPSTREAM, "NOT_CACHED", "The request takes what is stored only; nothing is.")
        .status(504)
        .suggest("Send it without Cache-Control: only-if-cached.");
  }
}
