package dev.sluice.http;

import dev.sluice.call.Failure;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What one event loop holds for peers that do not take it: clients that do not read, upstreams that
 * do not. Each may be slow for as long as there is room; where there is none, who has taken nothing
 * for the longest time is broken off, and nothing new is begun while all of them are moving.
 */
final class Backlog {
  /** What one of them may have waiting, in bytes: a channel's high-water mark, and one read. */
  static final int COST = 128 * 1024;

  private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();

  private final Set<Stall> stalls = new LinkedHashSet<>(); // the longest first
  private final int most;
  private final LongSupplier clock;

  /** Half of the memory, shared by all event loops. */
  static Backlog share(int loops) {
    long bytes = Runtime.getRuntime().maxMemory() / 2 / loops;
    return new Backlog((int) Math.max(16, bytes / COST), System::nanoTime);
  }

  Backlog(int most, LongSupplier clock) {
    this.most = most;
    this.clock = clock;
  }

  /** Somebody takes no more for now; {@code breakOff} is for where this lasts too long. */
  Stall begin(Runnable breakOff) {
    Stall stall = new Stall(breakOff, clock.getAsLong());
    stalls.add(stall);
    if (stalls.size() > 2 * most) longest().breakOff();
    else if (stalls.size() > most) relieve();
    return stall;
  }

  /** Throws a {@link Failure} where there is no room for one more. */
  void admit() {
    if (stalls.size() < most || relieve()) return;
    throw overloaded().retryAfter(Duration.ofSeconds(1));
  }

  static Failure overloaded() {
    String why = "Too much waits for peers that are slow to take it.";
    return Failure.unavailable("OVERLOADED", why);
  }

  int size() {
    return stalls.size();
  }

  private boolean relieve() {
    Stall longest = longest();
    if (clock.getAsLong() - longest.since < PATIENCE_NANOS) return false;
    longest.breakOff();
    return true;
  }

  private Stall longest() {
    Iterator<Stall> first = stalls.iterator();
    return first.next();
  }

  /** One that waits. */
  final class Stall {
    private final Runnable breakOff;
    private final long since;

    private Stall(Runnable breakOff, long since) {
      this.breakOff = breakOff;
      this.since = since;
    }

    /** It has been taken, or given up. */
    void end() {
      stalls.remove(this);
    }

    private void breakOff() {
      end();
      breakOff.run();
    }
  }
}
