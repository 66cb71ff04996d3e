package dev.sluice.app.studio.save;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes for good what is to be kept no longer. Each node has such; they share the work. */
final class Sweeper {
  static final int MOST = 1_000; // at once, well within the query timeout

  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
  private static final long PAUSE_MILLIS = 60_000;

  private final Vertx vertx;
  private final Supplier<Future<Long>> sweep;

  Sweeper(Vertx vertx, Supplier<Future<Long>> sweep) {
    this.vertx = vertx;
    this.sweep = sweep;
  }

  /** Gives what ends it. */
  Runnable begin() {
    long timer = vertx.setPeriodic(PAUSE_MILLIS, t -> turn());
    return () -> vertx.cancelTimer(timer);
  }

  private void turn() {
    sweep
        .get()
        .onSuccess(
            gone -> {
              if (gone >= MOST) turn();
            })
        .onFailure(e -> LOG.warn("old saves are not swept: {}", e.getMessage()));
  }
}
