package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.harness.DataTemplate;
import dev.sluice.harness.GatewayProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The jar as a process whose keyset file is changed under it. */
class KeysetJarIT {
  private final HttpClient http = HttpClient.newHttpClient();
  @TempDir Path directory;
  private GatewayProcess gateway;

  @AfterEach
  void end() throws InterruptedException {
    if (gateway != null) gateway.kill();
  }

  private String sluice(int code, String... words) {
    StringWriter said = new StringWriter();
    CommandLine line = Main.commandLine(Map.of("SLUICE_DATA", directory.resolve("data") + ""));
    line.setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
    assertEquals(code, line.execute(words), said::toString);
    return said.toString().strip();
  }

  private HttpResponse<String> ask(String method, String path, String token, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(gateway.url() + path));
    if (token != null) request.header("Authorization", "Bearer " + token);
    if (body != null) request.header("Content-Type", "application/json");
    request.method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private int metric(String name) throws IOException, InterruptedException {
    String line = name + " ";
    return ask("GET", "/metrics", null, null)
        .body()
        .lines()
        .filter(l -> l.startsWith(line))
        .mapToInt(l -> (int) Double.parseDouble(l.substring(line.length())))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aRotationIsSeenAndOldKeysAreDroppedWhenNothingNeedsThem() throws Exception {
    assumeTrue(GatewayProcess.isBuilt(), "mvn package makes it");
    DataTemplate.copyTo(Files.createDirectory(directory.resolve("data")));
    String data = directory.resolve("data").toString();
    gateway = GatewayProcess.start(directory, "run", "--port", "0", "--data", data).ready();
    String token = sluice(0, "token", "--user", "ada@example.com");
    String credentials = "{\"host\": \"h\", \"password\": \"hunter2\"}";
    assertEquals(200, ask("POST", "/obs-credentials/save", token, credentials).statusCode());
    int before = metric("secrets_resealed_total");
    sluice(0, "keyset", "rotate");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (metric("secrets_resealed_total") < before + 3) { // and the keys of tokens and of push
      assertTrue(System.nanoTime() < end, "nothing is sealed anew");
    }
    sluice(0, "keyset", "drop");
    assertTrue(sluice(1, "keyset", "drop").contains("no older keys"));
    sluice(0, "reload");
    HttpResponse<String> loaded = ask("GET", "/obs-credentials/load", token, null);
    assertTrue(loaded.body().contains("hunter2"), loaded.body());
  }
}
