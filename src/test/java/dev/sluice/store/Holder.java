package dev.sluice.store;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that opens the stores of a directory, keeps a row and a key there, and then waits to be
 * killed.
 */
final class Holder {
  private Holder() {}

  static Process start(Path data) throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-cp", classPath, Holder.class.getName(), data.toString()));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Returns when the row is committed. */
  static void awaitReady(Process holder) throws IOException {
    var lines = holder.inputReader();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals("ready")) {
        return;
      }
    }
    throw new AssertionError("the holder ended early");
  }

  public static void main(String[] args) throws Exception {
    Vertx vertx = Vertx.vertx();
    Stores stores =
        Stores.open(vertx, StoreSettings.defaults(), Path.of(args[0]), (type, nanos, ok) -> {})
            .await();
    stores.database().pool().query("CREATE TABLE held AS SELECT 42 AS answer").execute().await();
    System.out.println("ready");
    System.in.read();
  }
}
