package dev.sluice.http;

import dev.sluice.call.Failure;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What one event loop holds for peers that do not take it: clients that do not read, upstreams that
 * do not. Each may be slow for as long as there is room. Where there is little, who has taken
 * nothing for some seconds is broken off; where there is none, who has taken nothing for the
 * longest time: one that reads, however slowly, is never that one among many that do not.
 */
final class Backlog {
  /** What one of them may have waiting, in bytes: a channel's high-water mark, and one read. */
  static final int COST = 128 * 1024;

  private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();

  private final Set<Stall> stalls = new LinkedHashSet<>(); // the longest first
  private final int many;
  private final LongSupplier clock;

  /** A share of the memory: half of it is the most that all event loops hold. */
  static Backlog share(int loops) {
    long bytes = Runtime.getRuntime().maxMemory() / 2 / loops;
    return new Backlog((int) Math.max(16, bytes / COST / 2), System::nanoTime);
  }

  /** There is little room from {@code many} on, and none from twice as many. */
  Backlog(int many, LongSupplier clock) {
    this.many = many;
    this.clock = clock;
  }

  /** Somebody takes no more for now; {@code breakOff} is for where this lasts too long. */
  Stall begin(Runnable breakOff) {
    Stall stall = new Stall(breakOff, clock.getAsLong());
    stalls.add(stall);
    Stall longest = stalls.iterator().next();
    boolean late = clock.getAsLong() - longest.since >= PATIENCE_NANOS;
    if (stalls.size() > 2 * many || stalls.size() > many && late) longest.breakOff();
    return stall;
  }

  static Failure overloaded() {
    String why = "Too much waits for peers that are slow to take it.";
    return Failure.unavailable("OVERLOADED", why);
  }

  int size() {
    return stalls.size();
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
