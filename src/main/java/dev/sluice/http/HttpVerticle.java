package dev.sluice.http;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.contract.Routes;
import dev.sluice.http.forward.RouteSettings;
import dev.sluice.http.framing.BadFraming;
import dev.sluice.http.framing.FramingHandler;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import java.util.concurrent.TimeUnit;

/** One event loop's share of the HTTP door. */
final class HttpVerticle extends VerticleBase {
  private final ServerSettings settings;
  private final HttpDoor.Inside inside;
  private final HttpDoor.Outlook outlook;
  private final Pages pages;
  private final HttpDoor door;
  private final Client clients;
  private final Connections connections;
  private HttpServer server;
  private FastLane fastLane;
  private RequestPath path;
  private Forwarder forwarder;
  private Responder responder;
  private Router router;

  HttpVerticle(
      ServerSettings settings,
      HttpDoor.Inside inside,
      HttpDoor.Outlook outlook,
      Pages pages,
      HttpDoor door) {
    this.settings = settings;
    this.inside = inside;
    this.outlook = outlook;
    this.pages = pages;
    this.door = door;
    this.clients = new Client(settings.trustedProxies());
    this.connections = new Connections(clients);
  }

  @Override
  public Future<?> start() {
    long compressFrom = settings.compressFrom().bytes();
    RequestLog log = new RequestLog(outlook.metrics(), outlook.accessLog());
    StandingHeaders standing = new StandingHeaders(settings.cors());
    Bodies bodies = new Bodies(vertx, settings.maxBody().bytes(), settings.bodyTimeout());
    responder = new Responder(vertx, standing, log, compressFrom);
    fastLane = new FastLane(door.targets(), inside, standing, log, compressFrom);
    path = new RequestPath(vertx, inside.engine(), inside.limits(), bodies, responder);
    forwarder =
        new Forwarder(vertx, inside, new Forwarder.Means(responder, log, clients, door.flights()));
    router = pages.router(vertx, responder, this::exchange);
    server =
        vertx
            .createHttpServer(options())
            .connectionHandler(connections::opened)
            .invalidRequestHandler(this::refuse)
            .requestHandler(this::serve);
    return server
        .listen()
        .onSuccess(listening -> door.isListeningOn(listening.actualPort()))
        .recover(cause -> Future.failedFuture(portTaken(cause)));
  }

  private void serve(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2 && !isWhole(request)) {
      Failure bad = Failure.of(Category.VALIDATION, "BAD_REQUEST", "This is no proper request.");
      responder.fail(exchange(request), bad.suggest("Send :authority and a :path from the root."));
      return;
    }
    String client = connections.client(request);
    if (fastLane.serve(request, client)) return;
    if (Pages.has(request.path())) {
      router.handle(request);
      return;
    }
    Routes.Match match = inside.engine().contract().routes().match(request.path());
    RouteSettings prefix = match == null ? forwarder.match(request.path()) : null;
    if (prefix == null) path.handle(exchange(request), match, fastLane);
    else if (!forwarder.hit(request, client, prefix)) forwarder.forward(exchange(request), prefix);
  }

  /** As the framing check sees to with HTTP/1.1 (RFC 9113 §8.3.1). */
  private static boolean isWhole(HttpServerRequest request) {
    String path = request.path();
    boolean rooted = path != null && (path.startsWith("/") || path.equals("*"));
    return rooted && request.authority() != null;
  }

  private Exchange exchange(HttpServerRequest request) {
    return new Exchange(vertx, request, connections.client(request));
  }

  /** What was not HTTP, or too much of it (RFC 9110 §15.5.15, RFC 6585 §5): answered and closed. */
  private void refuse(HttpServerRequest request) {
    Exchange exchange = exchange(request);
    exchange.closeAfter();
    FramingHandler framing = FramingHandler.of(request.connection());
    BadFraming bad = framing == null ? null : framing.bad();
    Throwable cause = request.decoderResult().cause();
    if (bad != null) {
      responder.fail(exchange, badFraming(bad));
    } else if (cause instanceof TooLongHttpLineException) {
      long most = settings.maxRequestLine().bytes();
      responder.fail(exchange, refusal(414, "URI_TOO_LONG", "The request line is over " + most));
    } else if (cause instanceof TooLongHttpHeaderException) {
      long most = settings.maxHeaders().bytes();
      responder.fail(exchange, refusal(431, "HEADERS_TOO_LARGE", "The headers are over " + most));
    } else {
      responder.fail(exchange, Failure.of(Category.VALIDATION, "BAD_REQUEST", "This is not HTTP."));
    }
  }

  static Failure badFraming(BadFraming bad) {
    String code =
        switch (bad.status()) {
          case 408 -> "REQUEST_TIMEOUT";
          case 414 -> "URI_TOO_LONG";
          case 431 -> "HEADERS_TOO_LARGE";
          default -> "BAD_REQUEST";
        };
    String message = "This is no proper HTTP: " + bad.getMessage() + ".";
    return Failure.of(Category.VALIDATION, code, message).status(bad.status());
  }

  private static Failure refusal(int status, String code, String message) {
    return Failure.of(Category.VALIDATION, code, message + " bytes.").status(status);
  }

  private HttpServerOptions options() {
    return new HttpServerOptions()
        .setHost(settings.host())
        .setPort(settings.port())
        .setMaxInitialLineLength(settings.maxRequestLine().toInt())
        .setMaxHeaderSize(settings.maxHeaders().toInt())
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setIdleTimeout((int) settings.idleTimeout().toMillis())
        .setMaxChunkSize(65_536)
        .setDecoderInitialBufferSize(512)
        .setTcpNoDelay(true)
        .setAcceptBacklog(4096);
  }

  private RuntimeException portTaken(Throwable cause) {
    String where = settings.host() + ":" + settings.port();
    return new IllegalStateException(
        "cannot listen on "
            + where
            + ": "
            + cause.getMessage()
            + "; stop what uses the port, or choose another with --port or server.port",
        cause);
  }

  Future<Void> drain() {
    return server.shutdown(settings.drainTimeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  int connections() {
    return connections.size();
  }
}
