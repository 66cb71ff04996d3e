package dev.sluice.prove;

import dev.sluice.harness.GatewayProcess;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Scratch;
import dev.sluice.harness.Sql;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The fat jar on the stores of another gateway, with its settings; always on the same port. */
final class Node implements AutoCloseable {
  private static final String JVM =
      "-Xms256m -Xmx256m -Xmn96m -XX:+AlwaysPreTouch"; // so that RSS shows what is beside the heap

  private final Path directory = Scratch.directory();
  private final Map<String, String> environment;
  private final Path file;
  private GatewayProcess process;
  private int port;

  Node(RunningGateway other) throws IOException {
    environment = new HashMap<>(other.environment());
    environment.putAll(Sql.stores(other));
    environment.put("SLUICE_DATA", directory.resolve("data").toString());
    environment.put("JAVA_TOOL_OPTIONS", JVM);
    file = other.file();
    start();
  }

  void start() throws IOException {
    environment.put("SLUICE_SERVER_PORT", Integer.toString(port));
    Path log = directory.resolve("log");
    process =
        GatewayProcess.start(directory, environment, log, "run", "-c", file.toString()).ready();
    port = process.port();
  }

  int port() {
    return port;
  }

  long pid() {
    return process.process().pid();
  }

  /** With SIGTERM. */
  void end() {
    process.close();
  }

  /** With SIGKILL. */
  void kill() throws InterruptedException {
    process.process().destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.close();
    Scratch.delete(directory);
  }
}
