package dev.sluice;

import dev.sluice.conf.FileWatch;
import dev.sluice.conf.InvalidConfiguration;
import dev.sluice.observe.Metrics;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a changed configuration into use, one at a time: read and checked as at the start, held
 * against the one in use, and swapped in as a whole or not at all. Blocking; any thread but an
 * event loop.
 */
final class Reloader {
  private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);
  private static final long LONGEST_SECONDS = 60;

  /** Reads the configuration; throws {@link InvalidConfiguration}. */
  interface Source {
    Loaded load();
  }

  private final Gateway gateway;
  private final Function<Settings, Mounts> mounts;
  private final Source source;
  private final FileWatch files;
  private final AtomicInteger generation = new AtomicInteger(1);
  private volatile double loadedAt = System.currentTimeMillis() / 1000.0;
  private volatile int failing;
  private Loaded current;
  private String taken = "what it was started with";

  /**
   * For a gateway that runs.
   *
   * @param current what it was started with
   * @param files whose change is a reason to reload
   */
  Reloader(
      Gateway gateway,
      Loaded current,
      Source source,
      FileWatch files,
      Function<Settings, Mounts> mounts) {
    this.gateway = gateway;
    this.current = current;
    this.source = source;
    this.files = files;
    this.mounts = mounts;
    Metrics metrics = gateway.metrics();
    metrics.gauge("config.generation", "Configurations used since the start", generation::get);
    metrics.gauge("config.loaded.timestamp.seconds", "When the last was taken", () -> loadedAt);
    metrics.gauge("config.reload.failing", "1 after a reload that changed nothing", () -> failing);
    for (String outcome : List.of("changed", "unchanged", "refused")) count(outcome, 0);
  }

  /** Reloads where the files have changed; to be called every second. */
  synchronized void reloadChangedFiles() {
    try {
      if (files.hasChanged()) reload("a file has changed");
    } catch (RuntimeException e) {
      LOG.error("cannot look after the configuration", e);
    }
  }

  /** Reloads; {@code why} is for the log. */
  synchronized ControlSocket.Outcome reload(String why) {
    files.acknowledge();
    try {
      Loaded next = source.load();
      await(gateway.reloadCertificates());
      Differences differences = Differences.between(current.document(), next.document());
      List<String> refusals = differences.refusals();
      if (!refusals.isEmpty()) throw new InvalidConfiguration(refusals);
      await(gateway.reloadKeyset(next.settings().store()));
      if (differences.isEmpty())
        return outcome("unchanged", why, "Nothing differs from " + taken + ".");
      try {
        take(next, differences);
      } catch (InvalidConfiguration e) {
        throw next.placed(e);
      }
      return outcome("changed", why, differences.summary());
    } catch (InvalidConfiguration e) {
      return outcome("refused", why, e.getMessage());
    } catch (ExecutionException | RuntimeException e) {
      LOG.error("reload failed", e);
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      return outcome("refused", why, cause.getMessage());
    } catch (TimeoutException e) {
      return outcome("refused", why, "It took longer than " + LONGEST_SECONDS + " s; restart.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return outcome("refused", why, "The gateway is shutting down.");
    }
  }

  private void take(Loaded next, Differences differences)
      throws InterruptedException, ExecutionException, TimeoutException {
    Settings settings = next.settings();
    await(gateway.reload(settings, mounts.apply(settings), differences.providers()));
    current = next;
    loadedAt = System.currentTimeMillis() / 1000.0;
    taken =
        "generation %d, taken at %s (%s)"
            .formatted(
                generation.incrementAndGet(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                differences.summary());
  }

  private static void await(Future<Void> work)
      throws InterruptedException, ExecutionException, TimeoutException {
    work.toCompletionStage().toCompletableFuture().get(LONGEST_SECONDS, TimeUnit.SECONDS);
  }

  /** A success, too, where nothing differs. */
  private ControlSocket.Outcome outcome(String outcome, String why, String text) {
    count(outcome, 1);
    boolean refused = outcome.equals("refused");
    failing = refused ? 1 : 0;
    if (refused) LOG.error("configuration not reloaded ({}), nothing has changed: {}", why, text);
    else LOG.info("configuration reloaded ({}), generation {}: {}", why, generation.get(), text);
    return new ControlSocket.Outcome(!refused, text);
  }

  private void count(String outcome, int times) {
    gateway
        .metrics()
        .counter("config.reloads", "Reloads of the configuration", "outcome", outcome)
        .increment(times);
  }
}
