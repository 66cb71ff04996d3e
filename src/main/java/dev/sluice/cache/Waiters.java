package dev.sluice.cache;

import dev.sluice.call.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Those who wait for one fetch. Not thread-safe; owned by one shard. */
final class Waiters {
  private record Waiter(String callId, boolean first, Promise<Reply> promise) {}

  private final List<Waiter> waiting = new ArrayList<>(1);
  private final Set<String> gone = new HashSet<>();
  private int present;

  /** Takes one in; {@code first} is the one for whom the fetch was started. */
  Future<Reply> add(String callId, boolean first) {
    Waiter waiter = new Waiter(callId, first, Promise.promise());
    waiting.add(waiter);
    present++;
    return waiter.promise.future();
  }

  /** Forgets all calls of that id. */
  void remove(String callId) {
    if (!gone.add(callId)) return;
    for (Waiter waiter : waiting) {
      if (waiter.callId.equals(callId)) {
        present--;
        waiter.promise.tryFail(Cache.cancelled());
      }
    }
  }

  boolean isEmpty() {
    return present == 0;
  }

  List<String> callIds() {
    return waiting.stream().map(Waiter::callId).toList();
  }

  /** Gives each its outcome and lets it go; the function is told whether it is for the first. */
  void settle(Function<Boolean, Future<Reply>> outcome) {
    Future<Reply> forFirst = outcome.apply(true);
    Future<Reply> forOthers = waiting.size() > 1 ? outcome.apply(false) : forFirst;
    List<Waiter> all = List.copyOf(waiting);
    waiting.clear();
    present = 0;
    for (Waiter waiter : all) {
      (waiter.first ? forFirst : forOthers)
          .onComplete(waiter.promise::tryComplete, waiter.promise::tryFail);
    }
  }
}
