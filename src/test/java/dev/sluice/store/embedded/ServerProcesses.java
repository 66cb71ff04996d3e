package dev.sluice.store.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The server processes of a data directory, seen from outside. */
public final class ServerProcesses {
  private ServerProcesses() {}

  /** All that live. */
  public static List<ProcessHandle> of(Path data) throws IOException {
    return Leftovers.of(data.toRealPath().resolve("bin"));
  }

  /** The one that listens: PostgreSQL's other processes are its children. */
  public static ProcessHandle main(Path data, String program) throws IOException {
    List<ProcessHandle> all = of(data);
    return all.stream()
        .filter(p -> p.info().command().orElse("").endsWith("/" + program))
        .filter(p -> p.parent().filter(all::contains).isEmpty())
        .findFirst()
        .orElseThrow();
  }

  /** Sends a signal such as {@code STOP}. */
  public static void signal(String signal, ProcessHandle process) throws IOException {
    new ProcessBuilder("kill", "-s", signal, "" + process.pid()).start().onExit().join();
  }

  /** Waits until none is left. */
  public static void awaitNone(Path data) {
    Eventually.holds(
        "no server runs in " + data,
        () -> {
          try {
            return of(data).isEmpty();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }
}
