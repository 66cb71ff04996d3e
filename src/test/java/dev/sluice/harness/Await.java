package dev.sluice.harness;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.fail;

import dev.sluice.call.Failure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what happens on event loops; gives up only where nothing happens at all. */
public final class Await {
  private static final long HANG_SECONDS = 20;

  private Await() {}

  /**
   * What is begun on an event loop, so that whatever comes finds the handlers that are to take it:
   * an answer whose first one is set by a thread of the test's may be over by then.
   */
  public static <T> Future<T> begun(Vertx vertx, Supplier<Future<T>> what) {
    Promise<T> promise = Promise.promise();
    vertx.getOrCreateContext().runOnContext(v -> what.get().onComplete(promise));
    return promise.future();
  }

  /** What the future gave. */
  public static <T> T result(Future<T> future) {
    return outcome(
        future.otherwise(
            e -> {
              throw new AssertionError("failed: " + e, e);
            }));
  }

  /** The failure that the future ended with. */
  public static Failure failure(Future<?> future) {
    Throwable cause = outcome(future.<Throwable>map(r -> null).recover(Future::succeededFuture));
    if (cause == null) fail("succeeded with " + future.result());
    return assertInstanceOf(Failure.class, cause);
  }

  /** Waits until something is so. */
  public static void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(HANG_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) throw new AssertionError("never: " + what);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static <T> T outcome(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(HANG_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AssertionError error) throw error;
      throw new AssertionError(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("nothing happened in " + HANG_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
