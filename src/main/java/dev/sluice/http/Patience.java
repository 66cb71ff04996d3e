package dev.sluice.http;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * How long somebody is waited for; from when it was last seen to be held up, which it cannot help,
 * it has all the time anew. On one event loop.
 */
final class Patience {
  private final Vertx vertx;
  private final long nanos;
  private final BooleanSupplier isHeldUp;
  private final Runnable late;
  private boolean wasHeldUp;
  private long since = System.nanoTime();
  private long timer;

  /** Begins now; {@code late} is run once, where it is over. */
  Patience(Vertx vertx, Duration longest, BooleanSupplier isHeldUp, Runnable late) {
    this.vertx = vertx;
    this.nanos = longest.toNanos();
    this.isHeldUp = isHeldUp;
    this.late = late;
    sleep(nanos);
  }

  /** Begins anew. */
  void renew() {
    since = System.nanoTime();
  }

  void end() {
    vertx.cancelTimer(timer);
  }

  private void sleep(long nanos) {
    timer = vertx.setTimer(Math.max(1, nanos / 1_000_000), t -> look());
  }

  private void look() {
    long now = System.nanoTime();
    boolean held = isHeldUp.getAsBoolean();
    if (held || wasHeldUp) since = now; // when that ended is not known, but that it was after then
    wasHeldUp = held;
    long left = nanos - (now - since);
    if (left > 0) sleep(left);
    else late.run();
  }
}
