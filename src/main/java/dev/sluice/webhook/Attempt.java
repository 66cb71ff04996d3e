package dev.sluice.webhook;

import dev.sluice.outward.Sent;
import java.time.Instant;

/**
 * One time that a message was sent, as its sender sees it.
 *
 * @param durationMs from beginning to end
 * @param status of the answer; null where none came
 * @param answer how its body begins; null without one
 * @param error why it does not count as delivered, in words; null where it does
 */
public record Attempt(Instant at, int durationMs, Integer status, String answer, String error) {

  static Attempt of(Sent sent) {
    return new Attempt(sent.at(), sent.durationMs(), sent.status(), sent.answer(), sent.error());
  }

  boolean isDelivered() {
    return error == null;
  }

  /** The receiver wants no more (Standard Webhooks, "Deliverability"). */
  boolean isGone() {
    return status != null && status == 410;
  }
}
