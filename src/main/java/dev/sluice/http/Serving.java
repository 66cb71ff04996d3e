package dev.sluice.http;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.contract.Contract;
import dev.sluice.contract.Routes;
import dev.sluice.http.forward.RouteSettings;
import dev.sluice.http.forward.Spelling;
import dev.sluice.realtime.Sessions;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.Router;
import java.util.function.Supplier;

/**
 * Everything that one event loop needs to answer a request under one configuration. A request is
 * handed to one of these when it begins and knows no other: a reload puts another in its place for
 * those that come after.
 */
final class Serving {
  private static final long INTERNAL_ERROR = 2; // RFC 9113 §7

  private final Vertx vertx;
  private final Connections connections;
  private final Contract contract;
  private final Client clients;
  private final Responder responder;
  private final FastLane fastLane;
  private final RequestPath path;
  private final Forwarder forwarder;
  private final Backlog backlog;
  private final Pages pages;
  private final Router router;
  private final SocketDoor sockets;
  private final long maxTarget;

  Serving(
      Vertx vertx,
      Generation generation,
      Connections connections,
      Backlog backlog,
      Sessions sessions,
      Supplier<SocketDoor> current) {
    HttpDoor.Inside inside = generation.inside();
    HttpDoor.Outlook outlook = generation.outlook();
    ServerSettings settings = inside.settings();
    this.vertx = vertx;
    this.connections = connections;
    this.backlog = backlog;
    this.pages = generation.pages();
    this.maxTarget = settings.maxRequestLine().bytes();
    this.contract = inside.engine().contract();
    this.clients = new Client(settings.trustedProxies());
    long compressFrom = settings.compressFrom().bytes();
    RequestLog log = new RequestLog(outlook.metrics(), outlook.accessLog());
    StandingHeaders standing = new StandingHeaders(settings.cors());
    Bodies bodies = new Bodies(vertx, settings.maxBody().bytes(), settings.bodyTimeout());
    responder = new Responder(vertx, standing, log, compressFrom);
    fastLane = new FastLane(generation.targets(), inside, standing, log, backlog, compressFrom);
    ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
    forwarder =
        new Forwarder(
            inside,
            new Forwarder.Means(
                context, responder, log, backlog, connections, clients, generation.flights()));
    Calls calls = new Calls(vertx, inside.guards().limits(), settings.json());
    BatchDoor batches =
        new BatchDoor(
            new BatchDoor.Means(
                vertx,
                inside.engine(),
                calls,
                new Admission(inside.guards()),
                fastLane,
                at -> forwarder.match(at) != null,
                pages::has));
    sockets =
        new SocketDoor(
            new SocketDoor.Means(
                vertx,
                inside.engine(),
                calls,
                new Admission(inside.guards()),
                inside.guards().authenticate(),
                standing,
                sessions,
                inside.sockets(),
                settings.json()),
            current);
    EventsDoor events =
        new EventsDoor(
            sessions, responder, () -> current.get().authenticate(), inside.sockets().channels());
    path =
        new RequestPath(
            inside, new RequestPath.Means(calls, bodies, batches, sockets, events, responder));
    router = pages.router(vertx, responder, this::exchange);
  }

  /** Answers a request; a mistake of ours is a 500, and never leaves a client waiting. */
  void serve(HttpServerRequest request) {
    try {
      route(request);
    } catch (RuntimeException broken) {
      if (!request.response().headWritten()) responder.fail(exchange(request), broken);
      else request.response().reset(INTERNAL_ERROR);
    }
  }

  private void route(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2 && !isWhole(request)) {
      Failure bad = Failure.of(Category.VALIDATION, "BAD_REQUEST", "This is no proper request.");
      responder.fail(exchange(request), bad.suggest("Send :authority and a :path from the root."));
      return;
    }
    if (request.version() == HttpVersion.HTTP_2 && request.uri().length() > maxTarget) {
      responder.fail(exchange(request), HttpVerticle.tooLong(maxTarget));
      return;
    }
    String client = connections.client(request, clients);
    if (fastLane.serve(request, client)) return;
    if (pages.has(request.path())) {
      router.handle(request);
      return;
    }
    String normal = Spelling.normal(request.path());
    Routes.Match match = contract.routes().match(normal);
    RouteSettings prefix = match == null ? forwarder.match(normal) : null;
    if (prefix == null) path.handle(exchange(request), match, fastLane);
    else if (isAmbiguous(request.path(), prefix)) forwarder.refuse(exchange(request), prefix);
    else if (!forwarder.hit(request, client, prefix)) forwarder.forward(exchange(request), prefix);
  }

  /**
   * Whether an upstream might read a path as one that leads elsewhere here, past what is asked of
   * those that go there.
   */
  private boolean isAmbiguous(String path, RouteSettings route) {
    if (Spelling.isPlain(path)) return false;
    String loosest = Spelling.loosest(path);
    return forwarder.match(loosest) != route || contract.routes().match(loosest) != null;
  }

  Exchange exchange(HttpServerRequest request) {
    return new Exchange(vertx, backlog, request, connections.client(request, clients));
  }

  SocketDoor sockets() {
    return sockets;
  }

  Responder responder() {
    return responder;
  }

  /** As the framing check sees to with HTTP/1.1 (RFC 9113 §8.3.1). */
  private static boolean isWhole(HttpServerRequest request) {
    String path = request.path();
    boolean rooted = path != null && (path.startsWith("/") || path.equals("*"));
    return rooted && request.authority() != null;
  }
}
