package dev.sluice.http;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.framing.BadFraming;
import dev.sluice.framing.FramingHandler;
import dev.sluice.realtime.Sessions;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One event loop's share of the HTTP door. */
final class HttpVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);

  private static final String FEWER_HEADERS = "Send fewer or smaller cookies and headers.";

  /** In 30 s of one connection; more is no page that was left, but CVE-2023-44487. */
  private static final int MAX_RESETS = 200;

  private final ServerSettings settings; // of the start: what a socket is opened with
  private final HttpDoor door;
  private final Connections connections = new Connections();
  private final Backlog backlog = Backlog.share(HttpDoor.LOOPS);
  private final Sessions sessions = new Sessions();
  private final Generation first;
  private HttpServer server;
  private HttpServer secure; // null without TLS
  private Serving serving;
  private Serving prepared;

  HttpVerticle(Generation first, HttpDoor door) {
    this.settings = first.inside().settings();
    this.first = first;
    this.door = door;
  }

  @Override
  public Future<?> start() {
    prepare(first);
    commit();
    sessions.begin(vertx, first.inside().engine().channels());
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
        .requestHandler(request -> serving.serve(request));
  }

  private Future<HttpServer> listen(HttpServer server, String setting, int port) {
    return server.listen().recover(cause -> Future.failedFuture(taken(setting, port, cause)));
  }

  /** Builds what would serve the requests to come, on any thread; nothing changes yet. */
  Future<Void> prepareFor(Generation next) {
    return onLoop(() -> prepare(next));
  }

  /** The requests that begin from now on get what has been prepared. */
  Future<Void> commitPrepared() {
    return onLoop(this::commit);
  }

  /** What has been prepared, if anything, will not be used. */
  Future<Void> dropPrepared() {
    return onLoop(() -> prepared = null);
  }

  private void prepare(Generation next) {
    prepared = new Serving(vertx, next, connections, backlog, sessions, () -> serving.sockets());
  }

  private void commit() {
    serving = prepared;
    prepared = null;
  }

  private Future<Void> onLoop(Runnable work) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        v -> {
          try {
            work.run();
            done.complete();
          } catch (RuntimeException e) {
            done.fail(e);
          }
        });
    return done.future();
  }

  /** What was not HTTP, or too much of it (RFC 9110 §15.5.15, RFC 6585 §5): answered and closed. */
  private void refuse(HttpServerRequest request) {
    Responder responder = serving.responder();
    Exchange exchange = serving.exchange(request);
    exchange.closeAfter();
    FramingHandler framing = FramingHandler.of(request.connection());
    BadFraming bad = framing == null ? null : framing.bad();
    Throwable cause = request.decoderResult().cause();
    if (bad != null) {
      responder.fail(exchange, badFraming(bad));
    } else if (cause instanceof TooLongHttpLineException) {
      responder.fail(exchange, tooLong(settings.maxRequestLine().bytes()));
    } else if (cause instanceof TooLongHttpHeaderException) {
      long most = settings.maxHeaders().bytes();
      responder.fail(exchange, refusal(431, "HEADERS_TOO_LARGE", "The headers are over " + most));
    } else {
      responder.fail(exchange, Failure.of(Category.VALIDATION, "BAD_REQUEST", "This is not HTTP."));
    }
  }

  static Failure tooLong(long most) {
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
    Failure failure = Failure.of(Category.VALIDATION, code, message).status(bad.status());
    return bad.status() == 431 ? failure.suggest(FEWER_HEADERS) : failure;
  }

  private static Failure refusal(int status, String code, String message) {
    return Failure.of(Category.VALIDATION, code, message + " bytes.")
        .status(status)
        .suggest(status == 431 ? FEWER_HEADERS : "Send a shorter path and query.");
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
        .setPerFrameWebSocketCompressionSupported(false) // or each request is searched for it
        .setPerMessageWebSocketCompressionSupported(false)
        .setInitialSettings(settings.http2())
        .setHttp2ConnectionWindowSize(ServerSettings.CONNECTION_WINDOW)
        .setHttp2RstFloodMaxRstFramePerWindow(MAX_RESETS)
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
        .setSslHandshakeTimeout(settings.headerTimeout().toMillis())
        .setTcpNoDelay(true)
        .setStrictThreadMode(true) // or 16 writes wait before a response counts as full
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

  /** Lets what is under way finish, for so long at most; after the door has stopped accepting. */
  Future<Void> drain(Duration longest) {
    Promise<Void> drained = Promise.promise();
    long millis = longest.toMillis();
    context.runOnContext(
        v -> {
          sessions.closeAll();
          Future<Void> clear = server.shutdown(millis, TimeUnit.MILLISECONDS);
          Future<Void> both =
              secure == null
                  ? clear
                  : Future.join(clear, secure.shutdown(millis, TimeUnit.MILLISECONDS)).mapEmpty();
          both.onComplete(drained);
        });
    return drained.future();
  }

  HttpServer secure() {
    return secure;
  }

  int sockets() {
    return sessions.sockets();
  }

  int piped() {
    return connections.piped();
  }

  int connections() {
    return connections.size();
  }
}
