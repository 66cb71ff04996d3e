package dev.sluice.push;

import dev.sluice.observe.Metrics;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** What an operator sees of Web Push. */
final class PushMeters {
  private final Metrics metrics;
  private final AtomicInteger underWay = new AtomicInteger();

  PushMeters(Metrics metrics) {
    this.metrics = metrics;
    metrics.gauge("push.attempts.active", "Web Push attempts under way", underWay::get);
  }

  /** What became of a message: an end, or {@code AGAIN}. */
  enum Outcome {
    SENT,
    AGAIN,
    EXPIRED,
    GONE,
    REFUSED,
    LIVE,
    REPLACED,
    DROPPED
  }

  void began() {
    underWay.incrementAndGet();
  }

  void ended() {
    underWay.decrementAndGet();
  }

  void count(Outcome outcome) {
    count(outcome, 1);
  }

  void count(Outcome outcome, int messages) {
    if (messages == 0) return;
    String word = outcome.name().toLowerCase(Locale.ROOT);
    metrics
        .counter("push.sent", "Web Push messages, by what became of them", "outcome", word)
        .increment(messages);
  }

  /** Subscriptions that were removed because their push service took nothing any more. */
  void removed(int subscriptions) {
    metrics
        .counter("push.subscriptions.removed", "Web Push subscriptions that were over")
        .increment(subscriptions);
  }
}
