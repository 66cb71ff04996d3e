package dev.sluice.push;

import dev.sluice.outward.Sent;

/** What an attempt makes of its message and its subscription. */
enum Fate {
  /** The push service has it (RFC 8030 §5). */
  TAKEN,
  /** The subscription is no more (RFC 8030 §7.3, and what push services do). */
  GONE,
  /** It is our own fault, and would be again: for an operator to mend. */
  REFUSED,
  /** This subscription is to be left alone for a while; Windows says so with 406. */
  BUSY,
  /** It may be taken later. */
  AGAIN;

  static Fate of(Sent sent) {
    if (sent.status() == null) return AGAIN;
    int status = sent.status();
    if (status / 100 == 2) return TAKEN;
    return switch (status) {
      case 404, 410 -> GONE;
      case 406, 429 -> BUSY;
      case 408, 425 -> AGAIN;
      default -> status >= 500 ? AGAIN : REFUSED;
    };
  }
}
