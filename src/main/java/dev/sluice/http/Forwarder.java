package dev.sluice.http;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.guard.Limits;
import dev.sluice.http.forward.Fields;
import dev.sluice.http.forward.Prefixes;
import dev.sluice.http.forward.RouteSettings;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Leads requests of prefix routes to their upstreams. One an event loop, with connections of its
 * own, so that a request never changes threads.
 */
final class Forwarder implements Caching.Sending {
  private final Prefixes prefixes;
  private final Limits limits;
  private final Responder responder;
  private final Client clients;
  private final Caching caching;
  private final Map<String, Lane> lanes = new HashMap<>();

  /** What it works with. */
  record Means(Responder responder, RequestLog log, Client clients, Flights flights) {}

  Forwarder(Vertx vertx, HttpDoor.Inside inside, Means means) {
    this.prefixes = new Prefixes(inside.forwarding().routes());
    this.limits = inside.limits();
    this.responder = means.responder;
    this.clients = means.clients;
    ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
    this.caching =
        new Caching(
            context,
            new Caching.Shared(inside.forwarding().cache(), means.flights),
            responder,
            means.log,
            this);
    inside
        .forwarding()
        .upstreams()
        .forEach((name, upstream) -> lanes.put(name, new Lane(vertx, name, upstream)));
  }

  /** The route of a path, or null where it is no prefix route's. */
  RouteSettings match(String path) {
    return prefixes.match(path);
  }

  /** Answers a request from the upstream of its route. */
  void forward(Exchange exchange, RouteSettings route) {
    exchange.forwarded = route;
    try {
      if (Prefixes.climbs(exchange.request.path())) throw climbs();
      Limits.Rate rate = limits.rate(route.limit());
      if (rate != null) rate.check(exchange.client);
    } catch (Failure refused) {
      responder.fail(exchange, refused);
      return;
    }
    if (route.cache() == RouteSettings.Caching.HTTP) caching.handle(exchange);
    else deliver(exchange, new Delivery(exchange, responder, null));
  }

  /** Answers a request from the store where a fresh response is there; false where none is. */
  boolean hit(HttpServerRequest request, String client, RouteSettings route) {
    return route.cache() == RouteSettings.Caching.HTTP && caching.hit(request, client, route);
  }

  @Override
  public boolean admits(RouteSettings route, String client) {
    Limits.Rate rate = limits.rate(route.limit());
    return rate == null || rate.admit(client);
  }

  @Override
  public void deliver(Exchange exchange, Delivery delivery) {
    HttpServerRequest in = exchange.request;
    boolean mayHaveBody = in.version() == HttpVersion.HTTP_2 || Bodies.hasBody(in);
    Passage.Outgoing outgoing =
        new Passage.Outgoing(
            in.method(),
            target(exchange),
            in.headers(),
            way(exchange),
            null,
            mayHaveBody ? exchange : null);
    Passage passage = new Passage(lane(exchange), outgoing, delivery);
    delivery.by(passage);
    exchange.onGone(
        () -> {
          passage.abandon();
          responder.gone(exchange);
        });
    passage.begin();
  }

  @Override
  public Passage passage(Exchange exchange, Fetch fetch) {
    Fields.Way way = way(exchange);
    Passage.Outgoing outgoing =
        new Passage.Outgoing(
            HttpMethod.GET,
            target(exchange),
            exchange.request.headers(),
            way,
            fields -> {
              if (!way.trusted()) Fields.removeClaims(fields); // nothing that is in no key
              fetch.amend(fields);
            },
            null);
    return new Passage(lane(exchange), outgoing, fetch);
  }

  @Override
  public String names(RouteSettings route, HttpServerRequest request) {
    String scheme = request.isSSL() ? "https" : "http";
    String host = host(request).toLowerCase(Locale.ROOT);
    if (clients.isFixed() || request.remoteAddress() == null) return scheme + '\n' + host + '\n';
    boolean trusted = clients.isTrusted(request.remoteAddress().hostAddress());
    String claimed = trusted ? request.getHeader("x-forwarded-proto") : null;
    if (claimed != null) scheme = claimed;
    String before = trusted ? request.getHeader("x-forwarded-host") : null;
    return scheme + '\n' + host + '\n' + (before == null ? "" : before);
  }

  @Override
  public String authority(RouteSettings route) {
    return lanes.get(route.upstream()).settings().authority();
  }

  /** The name a client asks for: the authority of HTTP/2, whatever its Host says. */
  static String host(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2 && request.authority() != null) {
      return request.authority().toString();
    }
    String host = request.getHeader(HttpHeaders.HOST);
    return host == null ? "" : host;
  }

  private Lane lane(Exchange exchange) {
    return lanes.get(exchange.forwarded.upstream());
  }

  private static String target(Exchange exchange) {
    return exchange.forwarded.target(exchange.request.uri());
  }

  private Fields.Way way(Exchange exchange) {
    HttpServerRequest request = exchange.request;
    boolean http2 = request.version() == HttpVersion.HTTP_2;
    String host = host(request);
    String peer = exchange.client;
    boolean trusted = false;
    if (!clients.isFixed() && request.remoteAddress() != null) {
      peer = request.remoteAddress().hostAddress();
      trusted = clients.isTrusted(peer);
    }
    String version = http2 ? "2" : request.version() == HttpVersion.HTTP_1_0 ? "1.0" : "1.1";
    return new Fields.Way(
        peer,
        trusted,
        request.isSSL() ? "https" : "http",
        host.isEmpty() ? null : host,
        version,
        exchange.trace.requestId(),
        exchange.trace.traceparent());
  }

  private static Failure climbs() {
    return Failure.of(
            Category.VALIDATION, "BAD_REQUEST", "The path has dot segments, plain or encoded.")
        .suggest("Resolve them before sending (RFC 3986 §5.2.4).");
  }
}
