package dev.sluice.job;

import dev.sluice.observe.Metrics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** {@code jobs} by operation and state, as all nodes have them, and {@code jobs_ended_total}. */
final class JobMeters {
  private final Metrics metrics;
  private final Map<String, AtomicLong> gauges = new HashMap<>(); // of the runner's event loop

  JobMeters(Metrics metrics) {
    this.metrics = metrics;
  }

  /** A run of this node has ended its job. */
  void ended(Job job) {
    metrics
        .counter(
            "jobs.ended",
            "Jobs that this node has seen to their end",
            "operation",
            job.operation(),
            "state",
            job.state().word())
        .increment();
  }

  void counted(List<Records.Count> counts) {
    gauges.values().forEach(gauge -> gauge.set(0));
    for (Records.Count count : counts) gauge(count).set(count.jobs());
  }

  private AtomicLong gauge(Records.Count count) {
    return gauges.computeIfAbsent(
        count.operation() + " " + count.state(),
        key -> {
          AtomicLong gauge = new AtomicLong();
          metrics.gauge(
              "jobs",
              "Jobs that wait, run or were given up, on all nodes",
              gauge::get,
              "operation",
              count.operation(),
              "state",
              count.state().word());
          return gauge;
        });
  }
}
