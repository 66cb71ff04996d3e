package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.conf.Document;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.WithGateway;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an operator can see. */
@ExtendWith(WithGateway.class)
class ObservabilityIT {

  @Test
  void metricsCoverRequestsCacheUpstreamAndDatabase(RunningGateway gateway) {
    gateway.get("/clips?channel=ninja&limit=4");
    gateway.get("/clips?channel=ninja&limit=4");
    HttpResponse<Buffer> answer = gateway.get("/metrics");
    assertTrue(answer.getHeader("Content-Type").startsWith("text/plain"));
    String text = answer.bodyAsString();
    for (String line :
        List.of(
            "http_request_duration_seconds_bucket{method=\"GET\",route=\"/clips\",status=\"200\",le=",
            "http_requests_total{method=\"GET\",route=\"/clips\",status=\"200\"}",
            "cache_requests_total{result=\"hit\"}",
            "cache_near_bytes ",
            "provider_request_duration_seconds_count{operation=\"clips\",provider=\"twitch\",status=\"200\"}",
            "provider_mailbox_calls{provider=\"twitch\"}",
            "provider_breaker_state{provider=\"twitch\"} 0",
            "provider_pool_connections{provider=\"twitch\"}",
            "provider_quota_points{provider=\"twitch\"}",
            "db_connection_pool_size ",
            "db_query_duration_seconds_count{",
            "http_connections_active ",
            "jvm_memory_used_bytes{")) {
      assertTrue(text.contains(line), line + " in\n" + text);
    }
  }

  @Test
  void aPathThatAClientMakesUpGetsNoMeterOfItsOwn(RunningGateway gateway) {
    gateway.get("/made-up-by-a-client");
    assertTrue(!gateway.get("/metrics").bodyAsString().contains("made-up-by-a-client"));
  }

  @Test
  void healthNamesItsParts(RunningGateway gateway) {
    AtomicReference<JsonObject> last = new AtomicReference<>();
    gateway.until( // Redis has 50 ms to answer, of which a busy machine may take more
        "each says that it is up",
        () -> {
          last.set(gateway.get("/health").bodyAsJsonObject());
          JsonObject redis = last.get().getJsonObject("components").getJsonObject("redis");
          return last.get().getString("status").equals("UP") && redis.containsKey("version");
        });
    JsonObject parts = last.get().getJsonObject("components");
    assertEquals("UP", parts.getJsonObject("postgres").getString("status"));
    assertEquals("UP", parts.getJsonObject("redis").getString("status"));
    for (String store : new String[] {"postgres", "redis"}) {
      String version = parts.getJsonObject(store).getString("version");
      assertTrue(version.matches("[0-9]+(\\.[0-9]+)+"), version);
    }
    assertEquals(200, gateway.get("/livez").statusCode());
    assertEquals(200, gateway.get("/readyz").statusCode());
  }

  @Test
  void theContractIsPublishedWithoutItsPolicies(RunningGateway gateway) {
    String yaml = gateway.get("/openapi.yaml").bodyAsString();
    Document document = Document.parse("/openapi.yaml", yaml);
    assertEquals("getClips", document.at("/paths/~1clips/get/operationId").asText());
    assertEquals("addNote", document.at("/paths/~1api~1v1~1notes/post/operationId").asText());
    assertTrue(!yaml.contains("x-sluice"));
    assertEquals(
        document.root().toString().length(),
        Document.parse("", gateway.get("/openapi.json").bodyAsString()).root().toString().length());
  }

  @Test
  void theDocsPageHasItsParts(RunningGateway gateway) {
    HttpResponse<Buffer> page = gateway.get("/docs");
    assertTrue(page.bodyAsString().contains("swagger-ui-bundle.js"));
    for (String part :
        List.of("/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/docs/contract.js")) {
      assertEquals(200, gateway.get(part).statusCode(), part);
    }
    assertEquals(404, gateway.get("/docs/nothing.js").statusCode());
    assertEquals(404, gateway.get("/docs/../../conf/sluice.yaml").statusCode());
  }

  @Test
  void spansGoToTheCollectorThatIsSet() {
    Queue<String> exports = new ConcurrentLinkedQueue<>();
    Vertx vertx = Vertx.vertx();
    HttpServer collector =
        RunningGateway.await(
            vertx
                .createHttpServer()
                .requestHandler(
                    request ->
                        request
                            .body()
                            .onSuccess(
                                body -> {
                                  exports.add(request.path() + " " + body.toString("ISO-8859-1"));
                                  request.response().putHeader("content-type", "application/grpc");
                                  request
                                      .response()
                                      .putTrailer("grpc-status", "0")
                                      .end(Buffer.buffer(new byte[5]));
                                }))
                .listen(0, "127.0.0.1"));
    String endpoint = "http://127.0.0.1:" + collector.actualPort();
    try (RunningGateway gateway = new RunningGateway(Map.of("SLUICE_OBSERVE_OTLP", endpoint))) {
      String trace = "0af7651916cd43dd8448eb211c80319c";
      gateway.get("/user?login=ninja", "traceparent", "00-" + trace + "-b7ad6b7169203331-01");
      gateway.until(
          "a span is exported",
          () ->
              exports.stream().anyMatch(e -> e.startsWith("/opentelemetry.proto.collector.trace")));
    } finally {
      RunningGateway.await(vertx.close());
    }
  }
}
