package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.DataTemplate;
import dev.sluice.harness.GatewayProcess;
import dev.sluice.harness.ToyApi;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example document under the jar, and what the process says of it. */
class ApisJarIT {
  private static final String SECRET = "k3y-of-the-books";
  @TempDir Path home;

  @Test
  void aSecretOfTheEnvironmentGoesToTheUpstreamAndIntoNoLog() throws Exception {
    Assumptions.assumeTrue(GatewayProcess.isBuilt());
    Path apis = Files.createDirectories(home.resolve("conf/apis"));
    Files.copy(Path.of("conf/apis/example.yaml.off"), apis.resolve("example.yaml"));
    DataTemplate.copyTo(Files.createDirectory(home.resolve("data")));
    Path log = home.resolve("log.txt");
    Vertx vertx = Vertx.vertx();
    WebClient client = WebClient.create(vertx);
    try (ToyApi api = new ToyApi()) {
      String upstreams = "upstreams: { books: { url: \"" + api.url() + "\" } }\n";
      Files.writeString(home.resolve("conf/sluice.yaml"), upstreams);
      Map<String, String> environment = Map.of("BOOKS_KEY", SECRET);
      try (GatewayProcess sluice =
          GatewayProcess.start(home, environment, log, "run", "--port", "0").ready()) {
        HttpResponse<Buffer> answer = await(client.getAbs(sluice.url() + "/shop/books").send());
        assertEquals(200, answer.statusCode());
        assertEquals(SECRET, api.last().fields().get("X-Api-Key"));
        api.answers = request -> request.response().setStatusCode(500).end(SECRET);
        String late = sluice.url() + "/shop/books/1?token=" + SECRET;
        assertEquals(400, await(client.getAbs(late).send()).statusCode());
        answer = await(client.postAbs(sluice.url() + "/shop/books").sendJson(Map.of("title", "x")));
        assertEquals(502, answer.statusCode());
        assertFalse(answer.bodyAsString().contains(SECRET));
        sluice.process().toHandle().destroy();
        assertTrue(sluice.process().waitFor(60, TimeUnit.SECONDS));
        String said = Files.readString(log);
        assertTrue(said.contains("\"operation\":\"listBooks\""), said);
        assertFalse((said + sluice.errors()).contains(SECRET), said);
      }
    } finally {
      await(vertx.close());
    }
  }
}
