package dev.sluice.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When a job is tried again.
 *
 * @param pauses one after each attempt but the last
 * @param jitter up to this share of a pause is added at random, so that what failed together does
 *     not come back together
 * @param patience how long it waits, at most, for a provider that cannot be asked; such a wait uses
 *     up no attempt
 */
public record Schedule(List<Duration> pauses, double jitter, Duration patience) {
  private static final double USUAL_JITTER = 0.3;
  private static final long MOST_MILLIS = Duration.ofDays(365).toMillis();

  public Schedule {
    pauses = List.copyOf(pauses);
  }

  /** Pauses that grow by a factor. */
  public static Schedule growing(
      int attempts, Duration delay, double factor, Duration maxDelay, Duration patience) {
    List<Duration> pauses = new ArrayList<>();
    double millis = delay.toMillis();
    for (int i = 1; i < attempts; i++) {
      pauses.add(Duration.ofMillis((long) Math.min(millis, maxDelay.toMillis())));
      millis = Math.min(millis * factor, MOST_MILLIS);
    }
    return new Schedule(pauses, USUAL_JITTER, patience);
  }

  public int attempts() {
    return pauses.size() + 1;
  }

  /** The pause after so many attempts; null where that was the last one. */
  Duration after(int attempts) {
    if (attempts > pauses.size()) return null;
    return jittered(pauses.get(attempts - 1));
  }

  Duration jittered(Duration pause) {
    double share = jitter * ThreadLocalRandom.current().nextDouble();
    return pause.plusMillis((long) (pause.toMillis() * share));
  }
}
