package dev.sluice.outward;

import java.time.Duration;
import java.time.Instant;

/**
 * How one attempt went.
 *
 * @param durationMs from beginning to end
 * @param status of the answer; null where none came
 * @param answer how its body begins; null without one
 * @param error why it was not taken, in words for whoever gave the URL; null where it was
 * @param retryAfter how long the receiver asks to be left alone; null where it does not
 */
public record Sent(
    Instant at, int durationMs, Integer status, String answer, String error, Duration retryAfter) {

  /** Of something that nobody has tried to send. */
  public static Sent never(String why) {
    return new Sent(Instant.now(), 0, null, null, why, null);
  }

  public boolean isTaken() {
    return error == null;
  }
}
