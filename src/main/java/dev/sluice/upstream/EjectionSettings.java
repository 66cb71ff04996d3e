package dev.sluice.upstream;

import java.time.Duration;
import java.util.List;

/**
 * What takes a target out for a while, because of how it serves requests. It comes back when the
 * time is over and it answers a probe. The last target in use is never taken out.
 *
 * @param failures so many in a row; 0 takes none out for failures
 * @param statuses answers that count as failures, beside connections that cannot be made or break
 * @param silence after so long without a byte, though requests wait and a probe too; 0 takes none
 *     out for silence
 * @param duration how long it stays out at first; twice as long each time that it fails again
 * @param longest how long it stays out at most
 */
public record EjectionSettings(
    Integer failures,
    List<Integer> statuses,
    Duration silence,
    Duration duration,
    Duration longest) {
  static final EjectionSettings DEFAULT = new EjectionSettings(null, null, null, null, null);
  private static final long SHORTEST_MILLIS = 100;

  public EjectionSettings {
    if (failures == null) failures = 5;
    statuses = statuses == null ? List.of(502, 503, 504) : List.copyOf(statuses);
    if (silence == null) silence = Duration.ofMillis(500);
    if (duration == null) duration = Duration.ofSeconds(1);
    if (longest == null) longest = Duration.ofSeconds(30);
    if (failures < 0) throw new IllegalArgumentException("failures must be 0 at least");
    if (statuses.stream().anyMatch(status -> status < 400 || status > 599)) {
      throw new IllegalArgumentException("statuses must be from 400 to 599");
    }
    if (!silence.isZero() && silence.toMillis() < SHORTEST_MILLIS) {
      throw new IllegalArgumentException("silence must be 0 or 100ms at least");
    }
    if (duration.toMillis() < SHORTEST_MILLIS || UpstreamSettings.isOdd(longest)) {
      throw new IllegalArgumentException(
          "duration must be 100ms at least, and longest below a day");
    }
    if (longest.compareTo(duration) < 0) {
      throw new IllegalArgumentException("longest is shorter than duration");
    }
  }
}
