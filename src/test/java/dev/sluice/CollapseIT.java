package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.harness.Await;
import dev.sluice.harness.RunningGateway;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several clients share one fetch: what becomes of it becomes of each of them. */
class CollapseIT {
  private static final int CLIENTS = 8;
  private static final Buffer HALF = Buffer.buffer("x".repeat(1000));

  private final CopyOnWriteArrayList<HttpServerRequest> asked = new CopyOnWriteArrayList<>();
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  @Test
  void allHearThatTheAnswerBrokeOff() {
    try (RunningGateway gateway = gateway()) {
      List<Future<Buffer>> bodies = reading(gateway);
      asked.get(0).connection().close();
      for (Future<Buffer> body : bodies) {
        assertEquals("broken", await(body.map("whole").otherwise("broken")));
      }
    }
  }

  @Test
  void allGetTheWholeAnswer() {
    try (RunningGateway gateway = gateway()) {
      List<Future<Buffer>> bodies = reading(gateway);
      asked.get(0).response().end(HALF);
      for (Future<Buffer> body : bodies) assertEquals(2000, await(body).length());
    }
  }

  /** The bodies of clients that all have the head of the one answer. */
  private List<Future<Buffer>> reading(RunningGateway gateway) {
    HttpClient client = // one connection, and so one event loop for all of them
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false),
            new PoolOptions().setHttp2MaxSize(1));
    List<Future<Buffer>> bodies = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      HttpClientResponse head =
          await(
              Await.begun(
                  vertx,
                  () ->
                      client
                          .request(HttpMethod.GET, gateway.port(), "127.0.0.1", "/o/shared")
                          .compose(HttpClientRequest::send)
                          .onSuccess(response -> bodies.add(response.body()))));
      assertEquals(200, head.statusCode());
    }
    assertEquals(1, asked.size());
    return bodies;
  }

  private RunningGateway gateway() {
    HttpServer api =
        await(vertx.createHttpServer().requestHandler(this::half).listen(0, "127.0.0.1"));
    return new RunningGateway(
        Map.of(),
        """
        upstreams: { api: { url: "http://127.0.0.1:%d" } }
        routes: [ { path: "/o/**", upstream: api, stripPrefix: /o, cache: http } ]
        """
            .formatted(api.actualPort()));
  }

  private void half(HttpServerRequest request) {
    asked.add(request);
    HttpServerResponse response = request.response();
    response.putHeader("Cache-Control", "max-age=60").putHeader("Content-Length", "2000");
    response.write(HALF);
  }
}
