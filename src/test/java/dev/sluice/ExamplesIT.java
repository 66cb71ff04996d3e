package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.conf.FileWatch;
import dev.sluice.harness.RunningGateway;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The example pages, which are there where the sandbox is. */
class ExamplesIT {
  private static final List<String> FILES =
      List.of("realtime", "realtime.js", "account.js", "examples.css", "studio", "studio.js");
  private RunningGateway gateway;

  @AfterEach
  void stop() {
    gateway.close();
  }

  private int status(String path) {
    return gateway.get(path).statusCode();
  }

  @Test
  void theyAreThereWithTheSandboxAloneAndComeAndGoWithAReload() {
    gateway = new RunningGateway(Map.of());
    String sandbox = gateway.environment().get("SLUICE_SERVER_EXAMPLES");
    HttpResponse<Buffer> index = gateway.get("/examples");
    assertEquals("text/html;charset=UTF-8", index.getHeader("content-type"));
    assertTrue(index.bodyAsString().contains("href=\"/examples/realtime\""));
    assertTrue(index.bodyAsString().contains("href=\"/examples/studio\""));
    for (String file : FILES) {
      HttpResponse<Buffer> answer = gateway.get("/examples/" + file);
      assertEquals(200, answer.statusCode(), file);
      assertEquals("no-cache", answer.getHeader("cache-control"), file);
      String policy = answer.getHeader("content-security-policy");
      assertTrue(policy.startsWith("default-src 'self'; connect-src 'self' " + sandbox + ";"));
    }
    assertEquals(
        new JsonObject().put("sandbox", sandbox),
        gateway.get("/examples/settings.json").bodyAsJsonObject());
    assertEquals(200, gateway.send(HttpMethod.HEAD, "/examples/realtime", null).statusCode());
    assertEquals(
        405, gateway.send(HttpMethod.POST, "/examples/realtime", Buffer.buffer("x")).statusCode());
    for (String none : List.of("nothing.js", "../conf/sluice.yaml", "..%2fdocs/index.html")) {
      assertEquals(404, status("/examples/" + none), none);
    }
    assertEquals(404, status("/examplesx"));

    gateway.environment().remove("SLUICE_SERVER_EXAMPLES");
    Reloader reloader = reloader();
    reload(reloader, "server: { examples: 'http://[::1]:9' }");
    assertEquals(
        "http://[::1]:9",
        gateway.get("/examples/settings.json").bodyAsJsonObject().getString("sandbox"));
    reload(reloader, "");
    for (String file : FILES) assertEquals(404, status("/examples/" + file), file);
    assertEquals(404, status("/examples"));
    reload(
        reloader,
        "upstreams: { own: { url: 'http://127.0.0.1:9' } }\n"
            + "routes: [ { path: '/examples/**', upstream: own } ]");
    assertEquals(502, status("/examples/realtime"), "without them the path is anybody's");
  }

  private Reloader reloader() {
    Reloader.Source source =
        () -> Loaded.of(gateway.file(), gateway.environment(), Map.of(), List.of());
    FileWatch files = new FileWatch(() -> List.of(gateway.file()));
    return new Reloader(gateway.gateway(), source.load(), source, files, gateway::mounts);
  }

  private void reload(Reloader reloader, String yaml) {
    gateway.write("limits:\n  tight: { ip: { requests: 3, window: 1h } }\n" + yaml);
    ControlSocket.Outcome outcome = reloader.reload("the test");
    assertTrue(outcome.succeeded(), outcome.text());
  }
}
