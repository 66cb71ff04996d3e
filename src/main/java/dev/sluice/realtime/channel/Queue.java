package dev.sluice.realtime.channel;

import dev.sluice.call.Failure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/** Work that is begun in the order it comes, so much of it at once, of which so much may wait. */
final class Queue {
  private static final int AT_ONCE = 64;
  private static final long MOST_BYTES = 16 << 20;

  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private int running;
  private long bytes;

  private record Waiting(Runnable begin, int bytes) {}

  /** Does it when its turn has come; fails with 503 where too much waits. */
  <T> Future<T> add(int size, Supplier<Future<T>> work) {
    if (bytes + size > MOST_BYTES && !waiting.isEmpty()) {
      return Future.failedFuture(
          Failure.unavailable("OVERLOADED", "More is published than can be kept.")
              .suggest("Publish less, or wait for an answer before the next."));
    }
    Promise<T> done = Promise.promise();
    Runnable begin =
        () -> {
          running++;
          work.get()
              .onComplete(
                  (result, cause) -> {
                    running--;
                    next();
                    done.handle(
                        cause == null
                            ? Future.succeededFuture(result)
                            : Future.failedFuture(cause));
                  });
        };
    waiting.add(new Waiting(begin, size));
    bytes += size;
    next();
    return done.future();
  }

  private void next() {
    while (running < AT_ONCE && !waiting.isEmpty()) {
      Waiting first = waiting.remove();
      bytes -= first.bytes;
      first.begin.run();
    }
  }
}
