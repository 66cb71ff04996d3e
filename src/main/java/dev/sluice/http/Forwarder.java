package dev.sluice.http;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.guard.Limits;
import dev.sluice.http.forward.Fields;
import dev.sluice.http.forward.Prefixes;
import dev.sluice.http.forward.RouteSettings;
import dev.sluice.http.tls.ClientCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.HashMap;
import java.util.Map;

/**
 * Leads requests of prefix routes to their upstreams. One an event loop, with connections of its
 * own, so that a request never changes threads.
 */
final class Forwarder {
  private final Prefixes prefixes;
  private final Limits limits;
  private final Responder responder;
  private final Client clients;
  private final Map<String, Lane> lanes = new HashMap<>();

  Forwarder(Vertx vertx, HttpDoor.Inside inside, Responder responder, Client clients) {
    this.prefixes = new Prefixes(inside.forwarding().routes());
    this.limits = inside.limits();
    this.responder = responder;
    this.clients = clients;
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
    new Passage(exchange, responder, lanes.get(route.upstream()), way(exchange)).begin();
  }

  private Fields.Way way(Exchange exchange) {
    HttpServerRequest request = exchange.request;
    boolean http2 = request.version() == HttpVersion.HTTP_2;
    String host = request.getHeader(HttpHeaders.HOST);
    if (http2 && request.authority() != null) host = request.authority().toString();
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
        host,
        version,
        ClientCertificate.field(request.connection()),
        exchange.trace.requestId(),
        exchange.trace.traceparent());
  }

  private static Failure climbs() {
    return Failure.of(
            Category.VALIDATION, "BAD_REQUEST", "The path has dot segments, plain or encoded.")
        .suggest("Resolve them before sending (RFC 3986 §5.2.4).");
  }
}
