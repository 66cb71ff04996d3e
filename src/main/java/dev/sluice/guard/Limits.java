package dev.sluice.guard;

import dev.sluice.call.Failure;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Rate limits by the generic cell rate algorithm: one number a client and class, the theoretical
 * arrival time, moved on by compare-and-set. Thread-safe and free of locks.
 */
public final class Limits {
  private final Map<String, LimitClass> classes;
  private final Map<String, Rate> rates = new HashMap<>();

  public Limits(Map<String, LimitClass> classes) {
    this(classes, Map.of());
  }

  private Limits(Map<String, LimitClass> classes, Map<String, Rate> counted) {
    this.classes = Map.copyOf(classes);
    classes.forEach(
        (name, limit) -> {
          Rate known = counted.get(name);
          boolean same = known != null && known.limit.equals(limit);
          rates.put(name, same ? known : new Rate(name, limit));
        });
  }

  /** Those of other classes; a class whose numbers stay goes on counting. These where all do. */
  public Limits next(Map<String, LimitClass> then) {
    return then.equals(classes) ? this : new Limits(then, rates);
  }

  /** The limit of that name; null for {@code none}. */
  public Rate rate(String name) {
    return rates.get(name);
  }

  /** Forgets clients whose allowance is whole again; to be called now and then. */
  public void sweep() {
    rates.values().forEach(Rate::sweep);
  }

  /** One limit class and the clients it counts. */
  public static final class Rate {
    private static final long GONE = Long.MIN_VALUE;

    private final String name;
    private final LimitClass limit;
    private final long interval;
    private final long tolerance;
    private final Map<String, AtomicLong> arrivals = new ConcurrentHashMap<>();

    Rate(String name, LimitClass limit) {
      this.name = name;
      this.limit = limit;
      this.interval = Math.max(1, limit.window().toNanos() / limit.requests());
      this.tolerance = interval * (limit.requests() - 1); // exactly so many at once
    }

    /** Counts a request of this client; false where it is one too many. */
    public boolean admit(String client) {
      return waitNanos(client) == 0;
    }

    /** Counts a request. Throws 429 RATE_LIMIT_EXCEEDED where it is one too many. */
    public void check(String client) {
      long wait = waitNanos(client);
      if (wait == 0) return;
      throw Failure.of(
              Failure.Category.RATE_LIMIT,
              "RATE_LIMIT_EXCEEDED",
              "More than " + limit.requests() + " requests in " + seconds() + " s.")
          .detail("limit", limit.requests())
          .detail("window", seconds())
          .detail("class", name)
          .suggest("Wait as long as Retry-After says.")
          .retryAfter(Duration.ofNanos(wait));
    }

    /** 0 and counted, or how long until it would be admitted. */
    private long waitNanos(String client) {
      while (true) {
        long now = System.nanoTime();
        AtomicLong arrival = arrivals.computeIfAbsent(client, c -> new AtomicLong(now));
        long seen = arrival.get();
        if (seen == GONE) {
          arrivals.remove(client, arrival);
          continue;
        }
        long theoretical = seen - now > 0 ? seen : now;
        long early = theoretical - now - tolerance;
        if (early > 0) return early;
        if (arrival.compareAndSet(seen, theoretical + interval)) return 0;
      }
    }

    private void sweep() {
      long now = System.nanoTime();
      arrivals.forEach(
          (client, arrival) -> {
            // an admission in between has moved the number on, and then the entry stays
            long seen = arrival.get();
            if (seen != GONE && now - seen > 0 && arrival.compareAndSet(seen, GONE)) {
              arrivals.remove(client, arrival);
            }
          });
    }

    private long seconds() {
      return Math.max(1, limit.window().toSeconds());
    }
  }
}
