package dev.sluice.cache.http;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;

/**
 * All that is known of one URI: its stored responses, the newest first, or that there is nothing to
 * be stored of it until {@code passUntil}. Immutable.
 */
record Variants(List<Stored> stored, long passUntil) {
  private static final int MAX_VARIANTS = 50;

  /** The one a request selects (RFC 9111 §4.1), or null. */
  Stored select(MultiMap request, boolean authorized) {
    for (Stored one : stored) {
      if (authorized && !one.plan().open()) continue;
      if (one.plan().vary().isEmpty() || one.plan().suits(request)) return one;
    }
    return null;
  }

  /** With a response that takes the place of those that the same requests select. */
  Variants with(Stored newest) {
    List<Stored> all = new ArrayList<>(stored.size() + 1);
    all.add(newest);
    for (Stored old : stored) {
      boolean same =
          old.plan().vary().equals(newest.plan().vary())
              && old.plan().values().equals(newest.plan().values());
      if (!same && all.size() < MAX_VARIANTS) all.add(old);
    }
    return new Variants(List.copyOf(all), 0);
  }

  Variants without(Stored one) {
    return new Variants(stored.stream().filter(old -> old != one).toList(), passUntil);
  }

  int weight() {
    int sum = 100;
    for (Stored one : stored) sum += one.weight();
    return sum;
  }
}
