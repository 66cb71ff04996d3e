package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.harness.Await;
import dev.sluice.harness.DataTemplate;
import dev.sluice.harness.GatewayProcess;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as a process that is told to reload, and to end. */
class ReloadJarIT {
  private final HttpClient http = HttpClient.newHttpClient();
  @TempDir Path directory;
  private Path file;
  private GatewayProcess gateway;
  private String said;

  @BeforeEach
  void start() throws IOException {
    assumeTrue(GatewayProcess.isBuilt(), "mvn package makes it");
    DataTemplate.copyTo(Files.createDirectory(Path.of(data())));
    file = directory.resolve("sluice.yaml");
    route("/a/**");
    String[] arguments = {"run", "-c", file.toString(), "--port", "0", "--data", data()};
    gateway = GatewayProcess.start(directory, arguments).ready();
  }

  @AfterEach
  void end() throws InterruptedException {
    if (gateway != null) gateway.kill();
  }

  @Test
  void theCommandReloadsAndSaysWhatHasChanged() throws Exception {
    assertEquals(502, status("/a/x"), "nobody is there, but the route is");
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(Path.of(data(), "sluice.sock"))));
    route("/b/**");
    assertEquals(0, sluice("reload", "--data", data()), said);
    assertEquals(502, status("/b/x"));
    assertEquals(404, status("/a/x"));
    Files.writeString(file, "data: " + data() + "\nrutes: []\n");
    assertEquals(
        1, sluice("reload", "-c", file.toString()), "the data directory is found all the same");
    assertTrue(said.contains(":2: unknown key \"rutes\"; did you mean \"routes\"?"), said);
    assertEquals(502, status("/b/x"));
  }

  @Test
  void withoutAGatewayTheCommandSaysWhatToDo() throws Exception {
    Path elsewhere = directory.resolve("elsewhere");
    assertEquals(1, sluice("reload", "--data", elsewhere.toString()));
    assertTrue(said.contains(elsewhere.toString()), said);
    assertTrue(said.contains("--data"), said);
    gateway.kill();
    assertEquals(1, sluice("reload", "--data", data()), "the socket of one that was killed");
    assertTrue(said.contains("sluice run"), said);
  }

  @Test
  void aSignalAndAChangedFileReloadToo() throws Exception {
    route("/c/**");
    Await.until("the file is seen", () -> status("/c/x") == 502);
    Files.delete(file);
    route("/d/**");
    signal("HUP");
    Await.until("the signal is heard", () -> status("/d/x") == 502);
  }

  @Test
  void aSecondSignalEndsItAtOnce() throws Exception {
    try (Socket waiting = new Socket("127.0.0.1", gateway.port());
        ServerSocket silent = new ServerSocket(0)) {
      Files.writeString(
          file,
          """
          upstreams: { api: { url: "http://127.0.0.1:%d" } }
          routes: [{ path: "/a/**", upstream: api }]
          """
              .formatted(silent.getLocalPort()));
      assertEquals(0, sluice("reload", "--data", data()), said);
      waiting.getOutputStream().write("GET /a/x HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
      silent.accept();
      signal("TERM");
      Await.until("it drains", () -> !accepts());
      assertTrue(gateway.process().isAlive());
      signal("TERM");
      assertTrue(gateway.process().waitFor(20, TimeUnit.SECONDS));
      assertEquals(1, gateway.process().exitValue());
    }
  }

  private boolean accepts() {
    try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private void route(String path) throws IOException {
    Files.writeString(
        file,
        """
        upstreams: { away: { url: "http://127.0.0.1:1" } }
        routes: [{ path: "%s", upstream: away }]
        """
            .formatted(path));
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  private void signal(String name) throws Exception {
    String pid = Long.toString(gateway.process().pid());
    assertEquals(0, new ProcessBuilder("kill", "-" + name, pid).start().waitFor());
  }

  private int sluice(String... arguments) throws Exception {
    Process process =
        new ProcessBuilder(GatewayProcess.command(arguments))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor();
  }

  private int status(String path) {
    try {
      var request = HttpRequest.newBuilder(URI.create(gateway.url() + path)).build();
      return http.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
