package dev.sluice.harness;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Somebody's HTTP API: notes what it is asked, and answers as the test says. */
public final class ToyApi implements AutoCloseable {
  public final List<Asked> asked = new CopyOnWriteArrayList<>();
  public volatile Consumer<Asked> answers = request -> request.ok("{}");
  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;

  public ToyApi() {
    server =
        RunningGateway.await(
            vertx
                .createHttpServer()
                .requestHandler(
                    http ->
                        http.body()
                            .onSuccess(
                                body -> {
                                  String line = http.method() + " " + http.uri();
                                  Asked request =
                                      new Asked(line, http.headers(), body, http.response());
                                  Consumer<Asked> answer = answers; // of now
                                  asked.add(request);
                                  answer.accept(request);
                                }))
                .listen(0, "127.0.0.1"));
  }

  /** A request: {@code GET /x?y=1}, its fields and body, and where its answer goes. */
  public record Asked(String line, MultiMap fields, Buffer body, HttpServerResponse response) {

    public void ok(String json) {
      answer(200, json);
    }

    public void answer(int status, String json, String... fields) {
      for (int i = 0; i < fields.length; i += 2) response.putHeader(fields[i], fields[i + 1]);
      response.putHeader("Content-Type", "application/json").setStatusCode(status).end(json);
    }
  }

  public String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  /** The lines of what it was asked. */
  public List<String> lines() {
    return asked.stream().map(Asked::line).toList();
  }

  public Asked last() {
    return asked.get(asked.size() - 1);
  }

  @Override
  public void close() {
    RunningGateway.await(vertx.close());
  }
}
