package dev.sluice.call;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The moment an answer is worthless, on this JVM's monotonic clock; over the wire it travels as the
 * milliseconds that are left.
 */
public record Deadline(long nanoTime) {

  public static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  @JsonCreator
  public static Deadline inMillis(long millis) {
    return new Deadline(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /** Milliseconds left, rounded up; 0 once it has passed. */
  @JsonValue
  public long remainingMillis() {
    long nanos = nanoTime - System.nanoTime();
    return nanos <= 0 ? 0 : (nanos + 999_999) / 1_000_000;
  }

  public boolean hasPassed() {
    return nanoTime - System.nanoTime() <= 0;
  }

  public boolean isBefore(Deadline other) {
    return nanoTime - other.nanoTime < 0;
  }

  /** The later of the two. */
  public static Deadline latest(Deadline a, Deadline b) {
    return a.isBefore(b) ? b : a;
  }
}
