package dev.sluice.store.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A child process that cannot outlive this one. Between the two stands a shell script ({@code
 * guard.sh}) that reads a pipe from here: when the pipe ends, because of {@link #stop} or because
 * this process died, it stops the child.
 */
final class GuardedProcess {
  private static final int GRACE_SECONDS = 5;

  private final Process guard;

  private GuardedProcess(Process guard) {
    this.guard = guard;
  }

  /**
   * Starts a command in a session of its own, so that a terminal's Ctrl-C does not reach it.
   *
   * @param stopSignal what asks it to end, such as {@code TERM}; QUIT and KILL follow if it does
   *     not
   * @param log file that its output is appended to
   */
  static GuardedProcess start(List<String> command, String stopSignal, Path log)
      throws IOException {
    List<String> line = new ArrayList<>(ownSession());
    line.addAll(List.of("sh", "-c", script(), "guard", stopSignal, "" + GRACE_SECONDS));
    line.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(log.getParent().toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().keySet().removeIf(GuardedProcess::steersServers);
    return new GuardedProcess(builder.start());
  }

  /** The child's exit code, once it has ended. */
  CompletableFuture<Integer> exit() {
    return guard.onExit().thenApply(Process::exitValue);
  }

  boolean isAlive() {
    return guard.isAlive();
  }

  boolean isParentOf(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(ProcessHandle::parent)
        .filter(guard.toHandle()::equals)
        .isPresent();
  }

  /** Asks the child to end and waits until it has, at most until the guard has killed it. */
  void stop() throws IOException {
    guard.getOutputStream().close();
    try {
      guard.onExit().get(3 * GRACE_SECONDS + 1, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IOException("Process " + guard.pid() + " did not end. Kill it.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the guard goes on without us
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private static List<String> ownSession() {
    if (onPath("setsid")) {
      return List.of("setsid");
    }
    return onPath("perl") // macOS has no setsid command
        ? List.of("perl", "-MPOSIX=setsid", "-e", "setsid(); exec { $ARGV[0] } @ARGV", "--")
        : List.of();
  }

  static boolean onPath(String program) {
    String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
    for (String directory : path.split(":")) {
      if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }

  private static String script() throws IOException {
    try (InputStream in = GuardedProcess.class.getResourceAsStream("guard.sh")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A PGDATA or LC_ALL of the user's shell must not change what our servers do. */
  private static boolean steersServers(String variable) {
    return variable.startsWith("PG") || variable.startsWith("LC_") || variable.startsWith("LANG");
  }
}
