package dev.sluice.guard.idempotency;

import java.time.Duration;

/**
 * The {@code idempotency} section.
 *
 * @param keep how long a key is told from a new one
 */
public record IdempotencySettings(Duration keep) {
  private static final Duration SHORTEST = Duration.ofMinutes(1);

  public IdempotencySettings {
    if (keep.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException("keep must be 1m or more: repeats come late");
    }
  }
}
