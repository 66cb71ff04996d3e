package dev.sluice.http;

import dev.sluice.call.Body;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Reply;
import dev.sluice.contract.Access;
import dev.sluice.guard.limit.Limit;
import dev.sluice.guard.limit.Tally;
import dev.sluice.http.forward.Fields;
import dev.sluice.http.forward.Prefixes;
import dev.sluice.http.forward.RouteSettings;
import dev.sluice.http.forward.Target;
import dev.sluice.http.tls.ClientCertificate;
import dev.sluice.upstream.Pool;
import dev.sluice.upstream.TargetSettings;
import dev.sluice.websocket.Handshake;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Leads requests of prefix routes to their upstreams. One an event loop, with lanes of its own, so
 * that a request never changes threads.
 */
final class Forwarder implements Caching.Sending {
  private static final String ALLOWED = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

  private final Prefixes prefixes;
  private final Map<RouteSettings, Limit> limits = new IdentityHashMap<>();
  private final Admission admission;
  private final Responder responder;
  private final Client clients;
  private final Backlog backlog;
  private final Connections connections;
  private final Caching caching;
  private final Map<String, Pool> pools = new HashMap<>();
  private final Map<RouteSettings, String> views = new IdentityHashMap<>();
  private final Map<String, Set<String>> viewsOf = new HashMap<>(); // by upstream

  /** What it works with. */
  record Means(
      ContextInternal context,
      Responder responder,
      RequestLog log,
      Backlog backlog,
      Connections connections,
      Client clients,
      Flights flights) {}

  Forwarder(HttpDoor.Inside inside, Means means) {
    this.prefixes = new Prefixes(inside.forwarding().routes());
    this.admission = new Admission(inside.guards());
    this.responder = means.responder;
    this.clients = means.clients;
    this.backlog = means.backlog;
    this.connections = means.connections;
    this.caching =
        new Caching(
            means.context,
            new Caching.Shared(inside.forwarding().cache(), means.flights),
            responder,
            means.log,
            means.backlog,
            this);
    for (RouteSettings route : inside.forwarding().routes()) {
      pools.computeIfAbsent(route.upstream(), inside.forwarding().upstreams()::pool);
      String view = inside.forwarding().cache().view(route.view());
      views.put(route, view);
      limits.put(route, inside.guards().limits().of(route.limit(), route.path()));
      viewsOf.computeIfAbsent(route.upstream(), u -> new HashSet<>()).add(view);
    }
  }

  /** The route of a path in its normal form, or null where it is no prefix route's. */
  RouteSettings match(String path) {
    return prefixes.match(path);
  }

  /** Answers a request from the upstream of its route. */
  void forward(Exchange exchange, RouteSettings route) {
    exchange.forwarded = route;
    try {
      if (isOdd(exchange.request.path())) {
        exchange.closeAfter();
        throw odd();
      }
      Expectation.check(exchange.request);
      if (isLastHop(exchange)) return;
      if (PassedSocket.isAskedFor(exchange.request)) {
        letSocketIn(exchange, route);
        return;
      }
    } catch (Failure refused) {
      responder.fail(exchange, refused);
      return;
    }
    if (route.takesTokens() && !isPreflight(exchange.request)) {
      letIn(exchange, route, route.access());
      return;
    }
    exchange.counted = limits.get(route).takeAtOnce(null, exchange.client);
    if (exchange.counted == null) letIn(exchange, route, Access.OPEN);
    else lead(exchange, route);
  }

  /** A browser's question, which never has a token; the upstream answers it (Fetch §3.3.2). */
  private static boolean isPreflight(HttpServerRequest request) {
    return request.method() == HttpMethod.OPTIONS
        && request.headers().contains(HttpHeaders.ORIGIN)
        && request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
  }

  /** Leads those who may: a body waits where it takes longer to know who calls. */
  private void letIn(Exchange exchange, RouteSettings route, Access access) {
    admission
        .admit(exchange, access, limits.get(route))
        .onSuccess(
            caller -> {
              exchange.user = caller.subject();
              lead(exchange, route);
            })
        .onFailure(refused -> responder.fail(exchange, refused));
  }

  /** A socket, for who may: a client has more ways to say who it is than with other requests. */
  private void letSocketIn(Exchange exchange, RouteSettings route) {
    Handshake asked = Handshake.of(exchange.request.headers());
    Credential credential =
        route.takesTokens()
            ? Credential.of(exchange.request, asked.protocols())
            : Credential.unasked(asked.protocols());
    Access access = route.takesTokens() ? route.access() : Access.OPEN;
    admission
        .admit(credential.asking(exchange), access, limits.get(route))
        .onSuccess(
            caller -> {
              exchange.user = caller.subject();
              if (exchange.isGone()) responder.gone(exchange);
              else pass(exchange, asked.speaking(credential.others()), credential);
            })
        .onFailure(refused -> responder.fail(exchange, refused));
  }

  private void pass(Exchange exchange, Handshake asked, Credential credential) {
    Pool pool = pool(exchange);
    PassedSocket.Means means =
        new PassedSocket.Means(
            responder, backlog, connections, pool.settings().sockets().idleTimeout());
    PassedSocket socket = new PassedSocket(exchange, asked, credential, means);
    Passage.Outgoing outgoing =
        new Passage.Outgoing(
            HttpMethod.GET,
            credential.takeOut(target(exchange)),
            exchange.request.headers(),
            way(exchange),
            socket::amend,
            null,
            asked);
    Passage passage = new Passage(pool, outgoing, socket);
    socket.by(passage);
    begin(exchange, passage);
  }

  private void begin(Exchange exchange, Passage passage) {
    exchange.asked();
    exchange.onGone(
        () -> {
          passage.abandon();
          responder.gone(exchange);
        });
    passage.begin();
  }

  private void lead(Exchange exchange, RouteSettings route) {
    if (exchange.isGone()) responder.gone(exchange);
    else if (route.cache() == RouteSettings.Caching.HTTP) caching.handle(exchange);
    else deliver(exchange, new Delivery(exchange, responder));
  }

  /** Refuses a request of a route whose path might be read as another's. */
  void refuse(Exchange exchange, RouteSettings route) {
    exchange.forwarded = route;
    exchange.closeAfter();
    responder.fail(exchange, isOdd(exchange.request.path()) ? odd() : ambiguous());
  }

  /** Answers a request from the store where a fresh response is there; false where none is. */
  boolean hit(HttpServerRequest request, String client, RouteSettings route) {
    return route.cache() == RouteSettings.Caching.HTTP && caching.hit(request, client, route);
  }

  @Override
  public Tally admitAtOnce(RouteSettings route, HttpServerRequest request, String client) {
    Access access = route.takesTokens() ? route.access() : Access.OPEN;
    return admission.admitAtOnce(request.headers(), client, access, limits.get(route));
  }

  @Override
  public void deliver(Exchange exchange, Delivery delivery) {
    HttpServerRequest in = exchange.request;
    boolean mayHaveBody = in.version() == HttpVersion.HTTP_2 || Bodies.hasBody(in);
    Fields.Way way = way(exchange);
    boolean renews = // what is stored for all (RFC 9111 §4.3.5)
        in.method() == HttpMethod.HEAD && exchange.forwarded.cache() == RouteSettings.Caching.HTTP;
    Passage.Outgoing outgoing =
        new Passage.Outgoing(
            in.method(),
            target(exchange),
            in.headers(),
            way,
            renews ? fields -> plain(way, fields) : null,
            mayHaveBody ? exchange : null,
            null);
    Passage passage = new Passage(pool(exchange), outgoing, delivery);
    delivery.by(passage);
    begin(exchange, passage);
  }

  @Override
  public Passage passage(Exchange exchange, Fetch fetch) {
    Fields.Way way = way(exchange);
    exchange.asked();
    Passage.Outgoing outgoing =
        new Passage.Outgoing(
            HttpMethod.GET,
            target(exchange),
            exchange.request.headers(),
            way,
            fields -> {
              plain(way, fields);
              fetch.amend(fields);
            },
            null,
            null);
    return new Passage(pool(exchange), outgoing, fetch);
  }

  /** Nothing that is in no key is in a request whose answer others get. */
  private static void plain(Fields.Way way, MultiMap fields) {
    if (!way.trusted()) Fields.removeClaims(fields);
  }

  @Override
  public String names(RouteSettings route, HttpServerRequest request) {
    String scheme = request.isSSL() ? "https" : "http";
    String asked = host(request);
    String host = asked == null ? "" : asked.toLowerCase(Locale.ROOT);
    if (clients.isFixed() || request.remoteAddress() == null) return scheme + '\n' + host + '\n';
    boolean trusted = clients.isTrusted(request.remoteAddress().hostAddress());
    String claimed = trusted ? request.getHeader("x-forwarded-proto") : null;
    if (claimed != null) scheme = claimed;
    String before = trusted ? request.getHeader("x-forwarded-host") : null;
    String prefix = trusted ? request.getHeader("x-forwarded-prefix") : null;
    return scheme + '\n' + host + '\n' + orEmpty(before) + orEmpty(prefix);
  }

  private static String orEmpty(String absent) {
    return absent == null ? "" : absent;
  }

  @Override
  public String view(RouteSettings route) {
    return views.get(route);
  }

  @Override
  public Set<String> views(String upstream) {
    return viewsOf.get(upstream);
  }

  @Override
  public List<String> authorities(RouteSettings route) {
    return pools.get(route.upstream()).settings().targets().stream()
        .map(TargetSettings::authority)
        .toList();
  }

  private Pool pool(Exchange exchange) {
    return pools.get(exchange.forwarded.upstream());
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
        exchange.forwarded,
        peer,
        trusted,
        request.isSSL() ? "https" : "http",
        host,
        version,
        exchange.user,
        ClientCertificate.field(request.connection()),
        exchange.trace.requestId(),
        exchange.trace.traceparent());
  }

  /** Who is asked: by the URL, where it is whole (RFC 9112 §3.2.2), else by Host or :authority. */
  static String host(HttpServerRequest request) {
    String host = Target.host(request.uri());
    if (host != null) return host;
    boolean http2 = request.version() == HttpVersion.HTTP_2;
    if (http2 && request.authority() != null) return request.authority().toString();
    return request.getHeader(HttpHeaders.HOST);
  }

  private static boolean isOdd(String path) {
    return Prefixes.climbs(path) || Prefixes.isMalformed(path);
  }

  private static Failure odd() {
    String what = "The path has dot segments, plain or encoded, or a % that encodes nothing.";
    return Failure.of(Category.VALIDATION, "BAD_REQUEST", what)
        .suggest("Resolve dot segments and encode others before sending (RFC 3986 §2.1, §5.2.4).");
  }

  private static Failure ambiguous() {
    String what = "The path leads to one route as it is written, and may be read as another's.";
    return Failure.of(Category.VALIDATION, "BAD_REQUEST", what)
        .suggest("Write it without empty segments, path parameters and encoded slashes there.");
  }

  /**
   * Whether the request may go no further, and is answered here: OPTIONS whose Max-Forwards is used
   * up (RFC 9110 §7.6.2). TRACE never does: it would show the upstream's side to the client.
   */
  private boolean isLastHop(Exchange exchange) {
    HttpMethod method = exchange.request.method();
    if (method == HttpMethod.TRACE) {
      exchange.response.putHeader(HttpHeaders.ALLOW, ALLOWED);
      throw Failure.of(Category.VALIDATION, "METHOD_NOT_ALLOWED", "TRACE is not passed on.")
          .status(405)
          .suggest("Use " + ALLOWED + ".");
    }
    String left = exchange.request.getHeader("Max-Forwards");
    if (method != HttpMethod.OPTIONS || left == null || !left.matches("0+")) return false;
    exchange.response.putHeader(HttpHeaders.ALLOW, ALLOWED);
    responder.send(exchange, Reply.of(204, Body.NONE));
    return true;
  }
}
