package dev.sluice.store.embedded;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other processes do, which sends no event. */
public final class Eventually {
  private static final long HANG_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private Eventually() {}

  /** Returns when the condition holds; fails when it never does. */
  public static void holds(String what, BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > HANG_NANOS) {
        throw new AssertionError("never happened: " + what);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
