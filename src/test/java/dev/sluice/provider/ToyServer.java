package dev.sluice.provider;

import dev.sluice.harness.Await;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A provider of strings: {@code ?id=a&id=b} gives {@code {"data": ["a", "b"]}}. */
final class ToyServer {
  final List<Request> requests = new CopyOnWriteArrayList<>();
  volatile Consumer<Request> handler = Request::answer;
  private final HttpServer server;

  private ToyServer(Vertx vertx) {
    server = vertx.createHttpServer().requestHandler(this::receive);
  }

  static ToyServer open(Vertx vertx) {
    ToyServer toy = new ToyServer(vertx);
    Await.result(toy.server.listen(0, "127.0.0.1"));
    return toy;
  }

  String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  Future<Void> close() {
    return server.close();
  }

  /** One after the other, the last for all that follow. */
  @SafeVarargs
  final void answers(Consumer<Request>... inTurn) {
    handler = request -> inTurn[Math.min(requests.size(), inTurn.length) - 1].accept(request);
  }

  private void receive(HttpServerRequest http) {
    Request request = new Request(http);
    requests.add(request);
    handler.accept(request);
  }

  /** A request that may be answered from any thread, now or later. */
  static final class Request {
    private final HttpServerRequest http;
    private final io.vertx.core.Context context = Vertx.currentContext();
    volatile boolean broken;

    Request(HttpServerRequest http) {
      this.http = http;
      http.response().exceptionHandler(e -> broken = true);
      http.response().closeHandler(closed -> broken = true);
    }

    List<String> ids() {
      return http.params().getAll("id");
    }

    void answer() {
      send(new JsonObject().put("data", new JsonArray(ids())).encode());
    }

    void send(String body) {
      context.runOnContext(v -> http.response().end(body));
    }

    void refuse(int status, String... header) {
      context.runOnContext(
          v -> {
            if (header.length == 2) http.response().putHeader(header[0], header[1]);
            http.response().setStatusCode(status).end("{}");
          });
    }

    /** Part of an answer of any length. */
    void write(String chunk) {
      context.runOnContext(
          v -> {
            if (!http.response().headWritten()) {
              http.response().putHeader("Content-Type", "text/event-stream").setChunked(true);
            }
            http.response().write(chunk);
          });
    }

    void end() {
      context.runOnContext(v -> http.response().end());
    }

    void close() {
      context.runOnContext(v -> http.connection().close());
    }

    /** Sends the request's body back, once it is whole. */
    void echo() {
      http.body().onSuccess(body -> http.response().end(body));
    }

    /** Promises more than it sends. */
    void breakOff(String body, int promised) {
      context.runOnContext(
          v ->
              http.response()
                  .putHeader("Content-Length", "" + promised)
                  .write(body)
                  .onComplete(written -> http.connection().close()));
    }
  }
}
