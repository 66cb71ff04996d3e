package dev.sluice.http;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.framing.BadFraming;
import dev.sluice.framing.FramingHandler;
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

/** One event loop's share of the HTTP door. */
final class HttpVerticle extends VerticleBase {
  private final ServerSettings settings; // of the start: what a socket is opened with
  private final HttpDoor door;
  private final Connections connections = new Connections();
  private final Generation first;
  private HttpServer server;
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
    server =
        vertx
            .createHttpServer(options())
            .connectionHandler(connections::opened)
            .invalidRequestHandler(this::refuse)
            .requestHandler(request -> serving.serve(request));
    return server
        .listen()
        .onSuccess(listening -> door.isListeningOn(listening.actualPort()))
        .recover(cause -> Future.failedFuture(portTaken(cause)));
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
    prepared = new Serving(vertx, next, connections);
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
        .setDecoderInitialBufferSize(512)
        .setPerFrameWebSocketCompressionSupported(false) // or each request is searched for it
        .setPerMessageWebSocketCompressionSupported(false)
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

  /** Lets what is under way finish, for so long at most; after the door has stopped accepting. */
  Future<Void> drain(Duration longest) {
    Promise<Void> drained = Promise.promise();
    context.runOnContext(
        v -> server.shutdown(longest.toMillis(), TimeUnit.MILLISECONDS).onComplete(drained));
    return drained.future();
  }

  int connections() {
    return connections.size();
  }
}
