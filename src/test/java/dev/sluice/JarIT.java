package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fat jar as a process: how it starts, refuses to start, and ends. */
class JarIT {
  private static final Path JAR = Path.of("target", "sluice.jar").toAbsolutePath();
  private static final Pattern READY = Pattern.compile("is ready on (http://localhost:\\d+) after");

  private final List<Process> started = new ArrayList<>();
  @TempDir Path directory;

  @BeforeEach
  void needsTheJar() {
    assumeTrue(Files.exists(JAR), "mvn package makes it");
  }

  @AfterEach
  void endAll() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void itServesItsSandboxAndEndsInOrderOnSigterm() throws Exception {
    Process gateway = run("--sandbox");
    String url = readyUrl(gateway);
    var clips = URI.create(url + "/clips?channel=ninja&limit=5");
    var answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(clips).build(), BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer.body());
    gateway.toHandle().destroy();
    assertTrue(gateway.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, gateway.exitValue());
    assertNothingLeft();
  }

  @Test
  void nothingIsLeftAfterAKillAndTheNextStartRecovers() throws Exception {
    Process gateway = run();
    readyUrl(gateway);
    gateway.destroyForcibly().waitFor();
    assertNothingLeft();
    readyUrl(run());
  }

  @Test
  void aSecondInstanceOnTheSameDataIsRefused() throws Exception {
    Process first = run();
    readyUrl(first);
    Process second = run();
    String said = errors(second);
    assertEquals(1, second.waitFor());
    assertTrue(said.contains(directory.toString()), said);
    assertTrue(said.contains(Long.toString(first.pid())), said);
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      Process gateway = run("--port", Integer.toString(taken.getLocalPort()));
      String said = errors(gateway);
      assertEquals(1, gateway.waitFor());
      assertTrue(said.contains(":" + taken.getLocalPort()), said);
      assertTrue(said.contains("--port"), said);
    }
    assertNothingLeft();
  }

  @Test
  void aDataDirectoryThatCannotBeWrittenIsNamed() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "not a directory");
    Process gateway = start("run", "--port", "0", "--data", file.resolve("data").toString());
    String said = errors(gateway);
    assertEquals(1, gateway.waitFor());
    assertTrue(said.contains(file.toString()), said);
  }

  @Test
  void withoutCredentialsAProviderSaysWhichSettingIsMissing() throws Exception {
    URI clips = URI.create(readyUrl(run()) + "/clips?channel=ninja");
    var answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(clips).build(), BodyHandlers.ofString());
    assertEquals(503, answer.statusCode());
    assertTrue(answer.body().contains("PROVIDER_NOT_CONFIGURED"), answer.body());
    assertTrue(answer.body().contains("providers.twitch.clientId"), answer.body());
  }

  private Process run(String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("run", "--data", directory.toString()));
    if (!List.of(more).contains("--port")) arguments.addAll(List.of("--port", "0"));
    arguments.addAll(List.of(more));
    return start(arguments.toArray(String[]::new));
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", JAR.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("SLUICE_SANDBOX_PORT", "0");
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private static String readyUrl(Process gateway) throws IOException {
    StringBuilder said = new StringBuilder();
    BufferedReader err =
        new BufferedReader(new InputStreamReader(gateway.getErrorStream(), StandardCharsets.UTF_8));
    for (String line; (line = err.readLine()) != null; said.append(line).append('\n')) {
      Matcher ready = READY.matcher(line);
      if (ready.find()) return ready.group(1).replace("localhost", "127.0.0.1");
    }
    throw new AssertionError("not ready: " + said);
  }

  private static String errors(Process process) throws IOException {
    return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** No server of this data directory runs any more. */
  private void assertNothingLeft() throws InterruptedException {
    for (int i = 0; i < 300; i++) {
      List<ProcessHandle> left =
          ProcessHandle.allProcesses()
              .filter(p -> p.info().command().orElse("").startsWith(directory.toString()))
              .toList();
      if (left.isEmpty()) return;
      left.get(0).onExit().orTimeout(100, TimeUnit.MILLISECONDS).exceptionally(e -> null).join();
    }
    throw new AssertionError("servers are left running");
  }
}
