package dev.sluice.http;

import dev.sluice.cache.http.Asked;
import dev.sluice.cache.http.HttpCache;
import dev.sluice.cache.http.HttpCache.Result;
import dev.sluice.cache.http.Plan;
import dev.sluice.cache.http.Stored;
import dev.sluice.cache.http.Use;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.framing.Answer;
import dev.sluice.guard.limit.Tally;
import dev.sluice.http.forward.RouteSettings;
import dev.sluice.observe.AccessLog;
import dev.sluice.observe.Redaction;
import dev.sluice.upstream.Trouble;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
    /** Counts a request of a route where its client may at once; else null. */
    Tally admitAtOnce(RouteSettings route, HttpServerRequest request, String client);

    /** Has a request answered by its upstream. */
    void deliver(Exchange exchange, Delivery delivery);

    /** A GET for a fetch, in the name of a request; it is still to begin. */
    Passage passage(Exchange exchange, Fetch fetch);

    /** Scheme and names a request is sent on with: they are part of what is asked for. */
    String names(RouteSettings route, HttpServerRequest request);

    /** What the stored responses of a route are kept under. */
    String view(RouteSettings route);

    /** Those of all routes that lead to an upstream. */
    Set<String> views(String upstream);

    /** The upstream's own host and port. */
    List<String> authorities(RouteSettings route);
  }

  private static final Set<String> DISGUISES =
      Set.of(
          "x-http-method-override",
          "x-http-method",
          "x-method-override",
          "x-original-url",
          "x-rewrite-url");

  private static final List<CharSequence> OPEN_DISGUISES =
      DISGUISES.stream().map(HttpHeaders::createOptimized).toList();

  private final ContextInternal context;
  private final HttpCache cache;
  private final Flights flights;
  private final Responder responder;
  private final RequestLog log;
  private final Backlog backlog;
  private final Sending sending;

  Caching(
      ContextInternal context,
      Shared shared,
      Responder responder,
      RequestLog log,
      Backlog backlog,
      Sending sending) {
    this.context = context;
    this.cache = shared.cache;
    this.flights = shared.flights;
    this.responder = responder;
    this.log = log;
    this.backlog = backlog;
    this.sending = sending;
  }

  /** Whose responses a request is for: its upstream, and under which name it is asked. */
  private String origin(RouteSettings route, HttpServerRequest request) {
    return sending.view(route) + '\n' + sending.names(route, request);
  }

  /** The key of a URI (RFC 9111 §2); no part of it can have a line break in it. */
  private static String key(String origin, String target) {
    return origin + '\n' + target;
  }

  private String key(RouteSettings route, HttpServerRequest request) {
    String target = route.target(request.uri());
    return sending.view(route) + '\n' + sending.names(route, request) + '\n' + target;
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
    if (stored == null || bypasses(fields) || isDisguised(fields)) return false;
    if (fields.contains(HttpHeaders.UPGRADE)) return false; // a socket may be asked for
    if (Outflow.isLarge(stored.body().length())) return false; // it goes in pieces
    long now = System.currentTimeMillis();
    if (Use.of(stored, asked, now) != Use.FRESH || Bodies.hasBody(request)) return false;
    Tally counted = sending.admitAtOnce(route, request, client);
    if (counted == null) return false;
    cache.count(Result.HIT);
    String id = Exchange.requestId(request);
    String status = "hit; ttl=" + stored.ttl(now);
    StoredReply.Ending sent = StoredReply.prepare(request, id, stored, status, now);
    RateFields.put(request.response().headers(), counted);
    if (sent.body() == null) request.response().end();
    else backlog.whole(request, request.response().end(sent.body()), 0);
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
            status,
            null),
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
            if (!safe) invalidate(exchange, answer);
          });
    } else if (Bodies.hasBody(exchange.request) || bypasses(exchange.request.headers())) {
      send(exchange, "fwd=bypass", answer -> {});
    } else {
      read(exchange, false, null);
    }
  }

  /** What an unsafe request that has succeeded makes stale (RFC 9111 §4.4, RFC 9875 §3). */
  private void invalidate(Exchange exchange, Answer answer) {
    int status = answer.status();
    if (status < 200 || status > 399) return;
    RouteSettings route = exchange.forwarded;
    String target = route.target(exchange.request.uri());
    List<String> hosts = new ArrayList<>(sending.authorities(route));
    String host = Forwarder.host(exchange.request);
    if (host != null) hosts.add(host);
    long now = System.currentTimeMillis();
    List<String> targets = Invalidation.targets(target, hosts, answer.fields());
    String asked = exchange.request.uri(); // and as the client is to see them
    for (String stale : Invalidation.targets(asked, hosts, answer.fields())) {
      if (route.leads(stale)) targets.add(route.target(stale));
    }
    String names = sending.names(route, exchange.request);
    for (String view : sending.views(route.upstream())) { // it is stale by whichever way it is seen
      String origin = view + '\n' + names;
      for (String stale : targets) cache.invalidate(key(origin, stale), now);
      List<String> groups = Plan.groups(origin, answer.fields(), "cache-group-invalidation");
      if (!groups.isEmpty()) cache.groups().invalidate(groups);
    }
  }

  /** Conditions that only an origin can judge (RFC 9110 §13.1.1, §13.1.4). */
  private static boolean bypasses(MultiMap fields) {
    return fields.contains("if-match") || fields.contains("if-unmodified-since");
  }

  /** What has some origins take a GET for something else than it says. */
  private static boolean isDisguised(MultiMap fields) {
    for (CharSequence name : OPEN_DISGUISES) if (fields.contains(name)) return true;
    return false;
  }

  /** The same by another name: CGI and its heirs read an underscore as a hyphen. */
  private static boolean isAlias(MultiMap fields) {
    for (Map.Entry<String, String> field : fields) {
      String name = field.getKey();
      if (name.indexOf('_') < 0) continue;
      if (DISGUISES.contains(name.replace('_', '-').toLowerCase(Locale.ROOT))) return true;
    }
    return false;
  }

  /** {@code variant} names the flight it is to join, where that is known better than by its URI. */
  private void read(Exchange exchange, boolean alone, String variant) {
    HttpServerRequest request = exchange.request;
    String key = key(exchange.forwarded, request);
    Asked asked = Asked.of(request.headers());
    Stored stored = cache.select(key, request.headers(), asked.authorized());
    long now = System.currentTimeMillis();
    if (isDisguised(request.headers()) || isAlias(request.headers())) {
      send(exchange, "fwd=bypass; detail=method-or-url-override", answer -> {});
      return;
    }
    Use use = stored == null ? Use.VALIDATE : Use.of(stored, asked, now);
    if (use != Use.VALIDATE) {
      cache.count(Result.HIT);
      responder.stored(exchange, stored, false, "hit; ttl=" + stored.ttl(now), now);
      if (use == Use.WHILE_REVALIDATE) refresh(exchange, stored, asked, now);
      return;
    }
    if (asked.onlyIfCached()) {
      exchange.cacheStatus = "detail=only-if-cached";
      exchange.response.headers().add("cache-status", "Sluice; " + exchange.cacheStatus);
      responder.fail(exchange, notStored());
      return;
    }
    String forwarded = forwarded(key, stored, now);
    Want want = new Want(key, stored, asked, forwarded, now);
    if (request.method() == HttpMethod.HEAD) {
      send(
          exchange,
          forwarded,
          answer ->
              Freshening.byHead(stored, request(exchange, want), exchange.forwarded, answer, cache),
          stale(exchange, want));
    } else if (request.headers().contains("range")) {
      send(exchange, "fwd=bypass; detail=range", answer -> {}, stale(exchange, want));
    } else {
      fetch(exchange, want, alone, variant);
    }
  }

  /** What is to be fetched. */
  private record Want(String key, Stored stale, Asked asked, String forwarded, long now) {}

  private void fetch(Exchange exchange, Want want, boolean alone, String variant) {
    MultiMap fields = exchange.request.headers();
    boolean passed = want.asked.noStore() || cache.isPassed(want.key, want.now);
    boolean whole = !want.asked.noStore() && (!passed || want.stale != null);
    boolean demands = want.asked.noCache() || want.asked.maxAge() == 0;
    boolean joins = !alone && !passed && !demands && !want.asked.authorized();
    String known = variant == null ? cache.flightKey(want.key, fields) : variant;
    String flight = joins ? known : null;
    Fetch fetch = fetchOf(exchange, want, flight, whole);
    Fetch first = flight == null ? fetch : flights.register(flight, fetch);
    boolean collapsed = first != fetch;
    Consumer<String> otherwise =
        other -> { // of which there is one: who is sent aside again goes alone
          boolean again = variant != null || other == null;
          read(exchange, again, again ? null : other);
        };
    Reader reader = new Reader(context, exchange, responder, otherwise, collapsed);
    if (collapsed) first.join(reader);
    else fetch.depart(reader);
  }

  /** Asks anew for what has just been served stale, unless somebody does already. */
  private void refresh(Exchange exchange, Stored stale, Asked asked, long now) {
    String flight = cache.flightKey(stale.key(), exchange.request.headers());
    Fetch fetch =
        fetchOf(exchange, new Want(stale.key(), stale, asked, "fwd=stale", now), flight, true);
    if (flights.register(flight, fetch) == fetch) fetch.depart(null);
  }

  private Fetch fetchOf(Exchange exchange, Want want, String flight, boolean whole) {
    return new Fetch(
        context,
        new Fetch.Purpose(
            cache,
            exchange.forwarded,
            request(exchange, want),
            whole ? want.stale : null,
            whole,
            want.forwarded,
            done -> {
              if (flight != null) flights.remove(flight, done);
            }),
        fetch -> sending.passage(exchange, fetch));
  }

  private Plan.Request request(Exchange exchange, Want want) {
    MultiMap fields = exchange.request.headers();
    String origin = origin(exchange.forwarded, exchange.request);
    return new Plan.Request(want.key, origin, fields, want.asked, want.now, want.now - 1);
  }

  private void send(Exchange exchange, String status, Consumer<Answer> onHead) {
    send(exchange, status, onHead, (failed, trouble) -> false);
  }

  private void send(
      Exchange exchange, String status, Consumer<Answer> onHead, Delivery.Substitute substitute) {
    exchange.cacheStatus = status;
    boolean past = status.startsWith("fwd=bypass") || status.equals("fwd=method");
    sending.deliver(
        exchange,
        new Delivery(
            exchange,
            responder,
            answer -> {
              cache.count(past ? Result.BYPASS : Result.MISS);
              exchange.response.headers().add("cache-status", "Sluice; " + status);
              onHead.accept(answer);
            },
            substitute));
  }

  /** The stored response, where it may stand in for an origin that fails (RFC 9111 §4.2.4). */
  private Delivery.Substitute stale(Exchange exchange, Want want) {
    return (status, trouble) -> {
      boolean outOfReach = trouble != null && trouble != Trouble.CONNECTION_LIMIT_REACHED;
      if (want.stale == null || !outOfReach && !Fetch.isError(status)) return false;
      long now = System.currentTimeMillis();
      long bridge = cache.settings().bridge().toMillis();
      if (!Use.bridges(want.stale, want.asked, outOfReach, bridge, now)) return false;
      cache.count(Result.STALE);
      String told = status == 0 ? "" : "; fwd-status=" + status;
      responder.stored(
          exchange, want.stale, false, "fwd=stale" + told + "; detail=stale-if-error", now);
      return true;
    };
  }

  /** Why a request is sent on (RFC 9211 §2.2). */
  private String forwarded(String key, Stored stored, long now) {
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
