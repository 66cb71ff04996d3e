package dev.sluice.webhook;

import dev.sluice.observe.Metrics;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** What an operator sees of webhooks. */
final class WebhookMeters {
  private final Metrics metrics;
  private final AtomicInteger underWay = new AtomicInteger();
  private final Timer delivered;
  private final Timer failed;

  WebhookMeters(Metrics metrics) {
    this.metrics = metrics;
    this.delivered = attempts("delivered");
    this.failed = attempts("failed");
    metrics.gauge("webhook.attempts.active", "Webhook attempts under way", underWay::get);
  }

  private Timer attempts(String outcome) {
    return metrics.timer(
        "webhook.attempt.duration", "Attempts to deliver to a webhook", "outcome", outcome);
  }

  void began() {
    underWay.incrementAndGet();
  }

  void ended() {
    underWay.decrementAndGet();
  }

  void attempted(Attempt attempt) {
    Timer timer = attempt.isDelivered() ? delivered : failed;
    timer.record(Duration.ofMillis(attempt.durationMs()));
  }

  /** How a delivery has ended: {@code delivered} or {@code failed}. */
  void settled(String outcome) {
    metrics
        .counter("webhook.deliveries", "Deliveries to webhooks that ended", "outcome", outcome)
        .increment();
  }

  void disabled() {
    metrics.counter("webhook.disabled", "Webhooks that were disabled for failing").increment();
  }
}
