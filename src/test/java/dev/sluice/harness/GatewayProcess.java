package dev.sluice.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The fat jar as a process of its own. */
public final class GatewayProcess implements AutoCloseable {
  /** It starts sooner: most of these live for seconds. */
  private static final String QUICK = "-XX:TieredStopAtLevel=1";

  private static final Path JAR = Path.of("target", "sluice.jar").toAbsolutePath();
  private static final Pattern READY =
      Pattern.compile("is ready on http://localhost:(\\d+) after (\\d+) ms");
  private static final long END_SECONDS = 60;

  private final Process process;
  private final Path directory;
  private int port;
  private long readyMillis;

  private GatewayProcess(Process process, Path directory) {
    this.process = process;
    this.directory = directory;
  }

  /** Whether {@code mvn package} has made the jar. */
  public static boolean isBuilt() {
    return Files.exists(JAR);
  }

  /** Starts one in a directory, its sandbox on any port; it may still refuse. */
  public static GatewayProcess start(Path directory, String... arguments) throws IOException {
    return start(directory, 0, arguments);
  }

  public static GatewayProcess start(Path directory, int sandboxPort, String... arguments)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command(arguments)).directory(directory.toFile());
    builder.environment().put("SLUICE_SANDBOX_PORT", Integer.toString(sandboxPort));
    builder.environment().put("SLUICE_SANDBOX_SMTPPORT", "0");
    LimitsAside.put(builder.environment());
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    return new GatewayProcess(builder.start(), directory);
  }

  /** Starts one with variables of its own, which writes its log into a file. */
  public static GatewayProcess start(
      Path directory, Map<String, String> environment, Path log, String... arguments)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command(arguments)).directory(directory.toFile());
    LimitsAside.put(builder.environment());
    builder.environment().putAll(environment);
    builder.redirectOutput(log.toFile());
    return new GatewayProcess(builder.start(), directory);
  }

  /** How the jar is run with this JDK, for a short life. */
  public static List<String> command(String... arguments) {
    List<String> command = lasting(arguments);
    command.add(1, QUICK);
    return command;
  }

  /** How it is run where its speed matters. */
  public static List<String> lasting(String... arguments) {
    List<String> command = java("-XX:+UseParallelGC", "-jar", jar());
    command.addAll(List.of(arguments));
    return command;
  }

  /** This JDK's java with arguments; more may be added. */
  public static List<String> java(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /** Where the jar is. */
  public static String jar() {
    return JAR.toString();
  }

  /** Waits until it says that it is ready. */
  public GatewayProcess ready() throws IOException {
    StringBuilder said = new StringBuilder();
    BufferedReader err =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
    for (String line; (line = err.readLine()) != null; said.append(line).append('\n')) {
      Matcher ready = READY.matcher(line);
      if (!ready.find()) continue;
      port = Integer.parseInt(ready.group(1));
      readyMillis = Long.parseLong(ready.group(2));
      return this;
    }
    throw new AssertionError("not ready: " + said);
  }

  public int port() {
    return port;
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** From the JVM's start to ready, as the gateway says it. */
  public long readyMillis() {
    return readyMillis;
  }

  public Process process() {
    return process;
  }

  /** Everything it said on its error stream, once it has ended. */
  public String errors() throws IOException {
    return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Ends it in order where it can, else by force. */
  @Override
  public void close() {
    process.toHandle().destroy();
    try {
      if (process.waitFor(END_SECONDS, TimeUnit.SECONDS)) return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }

  /** Ends it by force, and waits for its servers, which its watchdog ends. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
    awaitServersGone();
  }

  /** Waits until no server that was started from its directory runs any more. */
  public void awaitServersGone() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
    while (ProcessHandle.allProcesses().anyMatch(this::isServer)) {
      if (System.nanoTime() > end) throw new AssertionError("servers are left running");
      Thread.sleep(20);
    }
  }

  private boolean isServer(ProcessHandle running) {
    return running.info().command().orElse("").startsWith(directory.toString());
  }
}
