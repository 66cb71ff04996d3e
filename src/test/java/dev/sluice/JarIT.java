package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.harness.DataTemplate;
import dev.sluice.harness.GatewayProcess;
import dev.sluice.harness.SocketOrigin;
import dev.sluice.harness.Wire;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fat jar as a process: how it starts, refuses to start, and ends. */
class JarIT {
  private static final long SLOW_MILLIS = 60;

  private final List<GatewayProcess> started = new ArrayList<>();
  @TempDir Path directory;

  @BeforeEach
  void needsTheJar() {
    assumeTrue(GatewayProcess.isBuilt(), "mvn package makes it");
  }

  @AfterEach
  void endAll() throws InterruptedException {
    started.forEach(gateway -> gateway.process().destroyForcibly());
    for (GatewayProcess gateway : started) gateway.kill();
  }

  /** A first start, in an empty directory. */
  @Test
  void itServesItsSandboxAndEndsInOrderOnSigterm() throws Exception {
    GatewayProcess gateway = run("--sandbox").ready();
    var clips = URI.create(gateway.url() + "/clips?channel=ninja&limit=5");
    var answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(clips).build(), BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer.body());
    gateway.process().toHandle().destroy();
    assertTrue(gateway.process().waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, gateway.process().exitValue());
    gateway.awaitServersGone();
  }

  @Test
  void nothingIsLeftAfterAKillAndTheNextStartRecovers() throws Exception {
    DataTemplate.copyTo(directory);
    GatewayProcess gateway = run().ready();
    gateway.kill();
    run().ready();
  }

  @Test
  void aSecondInstanceOnTheSameDataIsRefused() throws Exception {
    DataTemplate.copyTo(directory);
    GatewayProcess first = run().ready();
    GatewayProcess second = run();
    String said = second.errors();
    assertEquals(1, second.process().waitFor());
    assertTrue(said.contains(directory.toString()), said);
    assertTrue(said.contains(Long.toString(first.process().pid())), said);
  }

  /** A line says which upstream was asked and for how long; of a socket, when it is over. */
  @Test
  void theAccessLogNamesTheUpstreamThatWasAsked() throws Exception {
    HttpServer api = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    api.createContext("/", JarIT::answerSlowly);
    api.start();
    SocketOrigin origin = new SocketOrigin();
    String yaml =
        """
        apps: []
        upstreams:
          api: { url: "http://127.0.0.1:%d" }
          origin: { url: "http://127.0.0.1:%d" }
          away: { url: "http://127.0.0.1:1" }
        routes:
          - { path: "/plain/**", upstream: api }
          - { path: "/socket/**", upstream: origin }
          - { path: "/kept/**", upstream: api, cache: http }
          - { path: "/away/**", upstream: away }
        """
            .formatted(api.getAddress().getPort(), origin.port());
    Path file = Files.writeString(directory.resolve("my.yaml"), yaml);
    Path log = directory.resolve("log");
    Path data = Files.createDirectory(directory.resolve("d"));
    DataTemplate.copyTo(data);
    Map<String, String> environment =
        Map.of("SLUICE_SERVER_PORT", "0", "SLUICE_DATA", data.toString());
    GatewayProcess gateway =
        GatewayProcess.start(directory, environment, log, "run", "-c", file.toString());
    started.add(gateway);
    gateway.ready();
    for (String path : List.of("/plain/1", "/kept/2", "/kept/2", "/away/3", "/none/4", "/livez")) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(gateway.url() + path)).build();
      HttpClient.newHttpClient().send(request, BodyHandlers.discarding());
    }
    int port = URI.create(gateway.url()).getPort();
    try (Wire wire = new Wire(port).ask("/socket/5?token=secret", "");
        SocketOrigin.Peer peer = origin.accept()) {
      peer.agree("", "hello");
      wire.head();
      assertEquals("hello", wire.receive(5));
      wire.send(new byte[7]);
      assertEquals(7, peer.receive(7).length());
    }
    gateway.close();
    api.stop(0);
    origin.close();
    List<JsonObject> lines =
        Files.readAllLines(log).stream()
            .map(JsonObject::new)
            .filter(line -> "access".equals(line.getString("log")))
            .toList();
    List<String> upstreams = lines.stream().map(line -> line.getString("upstream")).toList();
    assertEquals(Arrays.asList("api", "api", null, "away", null, null, "origin"), upstreams);
    JsonObject socket = lines.get(6);
    assertEquals("/socket/5?token=***", socket.getString("path"));
    assertEquals(101, socket.getInteger("status"));
    assertEquals(5, socket.getInteger("bytes"));
    assertEquals(7, socket.getInteger("received"));
    assertTrue(socket.getLong("upstreamMicros") <= socket.getLong("micros"), socket.encode());
    for (int i = 0; i < 6; i++) {
      Long micros = lines.get(i).getLong("upstreamMicros");
      if (i > 1) assertNull(micros, lines.get(i).encode());
      else assertTrue(micros >= SLOW_MILLIS * 1000 && micros <= lines.get(i).getLong("micros"));
    }
  }

  private static void answerSlowly(HttpExchange exchange) throws IOException {
    try {
      Thread.sleep(SLOW_MILLIS);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    exchange.getResponseHeaders().add("Cache-Control", "max-age=60");
    exchange.sendResponseHeaders(200, 2);
    exchange.getResponseBody().write("ok".getBytes(StandardCharsets.US_ASCII));
    exchange.close();
  }

  @Test
  void itPrintsItsRoutes() throws Exception {
    ProcessBuilder builder = new ProcessBuilder(GatewayProcess.command("routes"));
    Process routes = builder.directory(directory.toFile()).start();
    String table = new String(routes.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, routes.waitFor());
    assertTrue(table.contains("getClips"), table);
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    DataTemplate.copyTo(directory);
    try (ServerSocket taken = new ServerSocket(0)) {
      GatewayProcess gateway = run("--port", Integer.toString(taken.getLocalPort()));
      String said = gateway.errors();
      assertEquals(1, gateway.process().waitFor());
      assertTrue(said.contains(":" + taken.getLocalPort()), said);
      assertTrue(said.contains("--port"), said);
      gateway.awaitServersGone();
    }
  }

  @Test
  void aDataDirectoryThatCannotBeWrittenIsNamed() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "not a directory");
    GatewayProcess gateway = start("run", "--port", "0", "--data", file.resolve("data").toString());
    String said = gateway.errors();
    assertEquals(1, gateway.process().waitFor());
    assertTrue(said.contains(file.toString()), said);
  }

  @Test
  void withoutCredentialsAProviderSaysWhichSettingIsMissing() throws Exception {
    DataTemplate.copyTo(directory);
    URI clips = URI.create(run().ready().url() + "/clips?channel=ninja");
    var answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(clips).build(), BodyHandlers.ofString());
    assertEquals(503, answer.statusCode());
    assertTrue(answer.body().contains("PROVIDER_NOT_CONFIGURED"), answer.body());
    assertTrue(answer.body().contains("providers.twitch.clientId"), answer.body());
  }

  private GatewayProcess run(String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("run", "--data", directory.toString()));
    if (!List.of(more).contains("--port")) arguments.addAll(List.of("--port", "0"));
    arguments.addAll(List.of(more));
    return start(arguments.toArray(String[]::new));
  }

  private GatewayProcess start(String... arguments) throws IOException {
    GatewayProcess gateway = GatewayProcess.start(directory, arguments);
    started.add(gateway);
    return gateway;
  }
}
