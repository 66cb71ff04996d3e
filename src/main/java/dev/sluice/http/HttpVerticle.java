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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One event loop's share of the HTTP door. */
final class HttpVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);

  /** In 30 s of one connection; more is no page that was left, but CVE-2023-44487. */
  private static final int MAX_RESETS = 500;

  private final ServerSettings settings;
  private final HttpDoor.Inside inside;
  private final HttpDoor.Outlook outlook;
  private final Pages pages;
  private final HttpDoor door;
  private final Client clients;
  private final Connections connections;
  private HttpServer server;
  private HttpServer secure; // null without TLS
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
    forwarder = new Forwarder(vertx, inside, responder, clients);
    router = pages.router(vertx, responder, this::exchange);
    server = server(options());
    Future<?> clear =
        listen(server, "port", settings.port())
            .onSuccess(listening -> door.isListeningOn(listening.actualPort()));
    if (door.certificates() == null) return clear;
    secure = server(door.certificates().secure(options()));
    return Future.all(clear, listen(secure, "tls.port", settings.tls().port()));
  }

  private HttpServer server(HttpServerOptions options) {
    return vertx
        .createHttpServer(options)
        .connectionHandler(connections::opened)
        .exceptionHandler(cause -> LOG.debug("a connection broke", cause))
        .invalidRequestHandler(this::refuse)
        .requestHandler(this::serve);
  }

  private Future<HttpServer> listen(HttpServer server, String setting, int port) {
    return server.listen().recover(cause -> Future.failedFuture(taken(setting, port, cause)));
  }

  private void serve(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2 && !isWhole(request)) {
      Failure bad = Failure.of(Category.VALIDATION, "BAD_REQUEST", "This is no proper request.");
      responder.fail(exchange(request), bad.suggest("Send :authority and a :path from the root."));
      return;
    }
    if (request.version() == HttpVersion.HTTP_2 && isTooLong(request.uri())) {
      responder.fail(exchange(request), tooLong());
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
    else forwarder.forward(exchange(request), prefix);
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
      responder.fail(exchange, tooLong());
    } else if (cause instanceof TooLongHttpHeaderException) {
      long most = settings.maxHeaders().bytes();
      responder.fail(exchange, refusal(431, "HEADERS_TOO_LARGE", "The headers are over " + most));
    } else {
      responder.fail(exchange, Failure.of(Category.VALIDATION, "BAD_REQUEST", "This is not HTTP."));
    }
  }

  private boolean isTooLong(String target) {
    return target.length() > settings.maxRequestLine().bytes();
  }

  private Failure tooLong() {
    long most = settings.maxRequestLine().bytes();
    return refusal(414, "URI_TOO_LONG", "The request line is over " + most);
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
        .setDecoderInitialBufferSize(512)
        .setInitialSettings(settings.http2())
        .setHttp2RstFloodMaxRstFramePerWindow(MAX_RESETS)
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
        .setSslHandshakeTimeout(settings.headerTimeout().toMillis())
        .setTcpNoDelay(true)
        .setAcceptBacklog(4096);
  }

  private RuntimeException taken(String setting, int port, Throwable cause) {
    String where = settings.host() + ":" + port;
    String remedy = setting.equals("port") ? "--port or server.port" : "server." + setting;
    return new IllegalStateException(
        "cannot listen on "
            + where
            + ": "
            + cause.getMessage()
            + "; stop what uses the port, or choose another with "
            + remedy,
        cause);
  }

  Future<Void> drain() {
    long millis = settings.drainTimeout().toMillis();
    Future<Void> clear = server.shutdown(millis, TimeUnit.MILLISECONDS);
    if (secure == null) return clear;
    return Future.join(clear, secure.shutdown(millis, TimeUnit.MILLISECONDS)).mapEmpty();
  }

  HttpServer secure() {
    return secure;
  }

  int connections() {
    return connections.size();
  }
}
