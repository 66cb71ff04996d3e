package dev.sluice.store.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one server running between {@link #start} and {@link #stop}: a server that dies is started
 * again.
 */
final class SupervisedServer {
  private static final Logger LOG = LoggerFactory.getLogger(SupervisedServer.class);
  private static final long READY_NANOS = TimeUnit.SECONDS.toNanos(120); // recovery may take long
  private static final int POLL_MILLIS = 10;
  private static final int START_ATTEMPTS = 3;
  private static final int LONGEST_PAUSE_MILLIS = 5_000;
  private static final int LAST_LINES = 3; // of its log, for a person to read
  private static final int SAYS_WHY = 8; // among which PostgreSQL says what it could not bind

  private final Server server;
  private final Endpoints endpoints;
  private final Path log;
  private Endpoint endpoint;
  private GuardedProcess process;
  private boolean stopping;

  SupervisedServer(Server server, Endpoints endpoints, Path log) {
    this.server = server;
    this.endpoints = endpoints;
    this.log = log;
  }

  /**
   * Starts the server and waits until it answers.
   *
   * @return where it listens from now on, through restarts too
   */
  synchronized Endpoint start() throws IOException {
    for (int attempt = 1; ; attempt++) {
      endpoint = endpoints.of(server.name());
      try {
        launch();
        return endpoint;
      } catch (IOException e) {
        if (attempt == START_ATTEMPTS || !wasTaken()) {
          throw e;
        }
      }
    }
  }

  /**
   * Whether somebody took the port between our look and the server's, if only for a moment: a
   * process that is being started has what this one has open, our look at a port, too.
   */
  private boolean wasTaken() {
    return !Endpoints.free(endpoint.port()) || lastWords(SAYS_WHY).contains("already in use");
  }

  /** Stops the server and waits until it is gone. Idempotent. */
  void stop() throws IOException {
    GuardedProcess last;
    synchronized (this) {
      stopping = true;
      last = process;
    }
    if (last != null) {
      last.stop();
    }
  }

  private void launch() throws IOException {
    server.prepare(endpoint);
    GuardedProcess started =
        GuardedProcess.start(server.command(endpoint), server.stopSignal(), log);
    try {
      awaitReady(started);
    } catch (IOException e) {
      started.stop();
      throw e;
    }
    process = started;
    started.exit().thenAccept(code -> restart(code, 100));
  }

  private void awaitReady(GuardedProcess started) throws IOException {
    long begin = System.nanoTime();
    while (!server.ready(endpoint, started)) {
      if (!started.isAlive() || System.nanoTime() - begin > READY_NANOS) {
        throw new IOException(
            "%s did not start: %s The whole log is in %s."
                .formatted(server.title(), lastWords(LAST_LINES), log));
      }
      try {
        Thread.sleep(POLL_MILLIS); // there is no event to wait for, and this is a worker thread
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(server.title() + " was not awaited: interrupted.", e);
      }
    }
  }

  private void restart(int exitCode, int pauseMillis) {
    Executor later = CompletableFuture.delayedExecutor(pauseMillis, TimeUnit.MILLISECONDS);
    CompletableFuture.runAsync(
        () -> {
          synchronized (this) {
            if (stopping) {
              return;
            }
            LOG.error("{} ended by itself (exit code {}): starting it", server.title(), exitCode);
            try {
              process.stop(); // lets go of a guard that was killed itself
              launch();
            } catch (IOException e) {
              LOG.error(e.getMessage());
              restart(exitCode, Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS));
            }
          }
        },
        later);
  }

  private String lastWords(int most) {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join(" ", lines.subList(Math.max(0, lines.size() - most), lines.size()));
    } catch (IOException e) {
      return "its log cannot be read.";
    }
  }
}
