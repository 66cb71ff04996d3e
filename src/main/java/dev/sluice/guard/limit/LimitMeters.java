package dev.sluice.guard.limit;

import dev.sluice.observe.Metrics;
import io.micrometer.core.instrument.Counter;

/** What operators see of limits: whom they refuse, and how well nodes count together. */
final class LimitMeters {
  private final Metrics metrics;
  private final Counter granted;
  private final Counter away;

  LimitMeters(Metrics metrics) {
    this.metrics = metrics;
    this.granted = asked("told");
    this.away = asked("away");
  }

  private Counter asked(String outcome) {
    String help = "Questions to Redis, of how many calls may be admitted, by what became of them";
    return metrics.counter("limit.questions", help, "outcome", outcome);
  }

  /** Of a class. */
  Counter refused(String name) {
    return metrics.counter("limit.refusals", "Calls that were one too many", "class", name);
  }

  void told() {
    granted.increment();
  }

  void away() {
    away.increment();
  }

  void nodes(RedisCounts counts) {
    metrics.gauge("limit.nodes", "Gateways that count together", counts::nodes);
  }
}
