package dev.sluice.store.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Servers that an earlier run left behind. A process is ours exactly if its program file lies in
 * this data directory, which needs no pid file and cannot be fooled by a pid that was given to
 * somebody else.
 */
final class Leftovers {
  private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
  private static final int PATIENCE_SECONDS = 8;

  private Leftovers() {}

  /** Living processes whose program file is below {@code programs}. */
  static List<ProcessHandle> of(Path programs) {
    String prefix = programs + "/";
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().command().filter(c -> c.startsWith(prefix)).isPresent())
        .toList();
  }

  /** Ends them all: kindly if they listen, by force after some seconds. */
  static void stop(Path programs) throws IOException {
    List<ProcessHandle> left = of(programs);
    if (left.isEmpty()) {
      return;
    }
    LOG.warn("an earlier run left {} server processes in {}: stopping them", left.size(), programs);
    for (ProcessHandle process : left) {
      if (process.parent().filter(left::contains).isEmpty()) {
        askToEnd(process);
      }
    }
    if (!ended(left)) {
      of(programs).forEach(ProcessHandle::destroyForcibly);
      if (!ended(of(programs))) {
        throw new IOException(
            "Server processes %s in %s do not end. Kill them and start again."
                .formatted(of(programs).stream().map(ProcessHandle::pid).toList(), programs));
      }
    }
  }

  private static void askToEnd(ProcessHandle process) throws IOException {
    // PostgreSQL takes INT as "drop the clients and stop"; TERM would wait for them
    String program = process.info().command().orElse("");
    String signal = program.endsWith("/postgres") ? "INT" : "TERM";
    String script = "kill -s %s %d; kill -s CONT %2$d".formatted(signal, process.pid());
    new ProcessBuilder("sh", "-c", script)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static boolean ended(List<ProcessHandle> processes) throws IOException {
    CompletableFuture<?>[] exits =
        processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(exits).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while stopping servers of an earlier run.", e);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }
}
