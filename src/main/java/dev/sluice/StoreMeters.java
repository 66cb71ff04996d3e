package dev.sluice;

import dev.sluice.observe.Metrics;
import dev.sluice.store.QueryObserver;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** {@code db_query_duration_seconds} by query_type (seed 003) and outcome. */
final class StoreMeters implements QueryObserver {
  private final Metrics metrics;
  private final Map<String, Timer> timers = new ConcurrentHashMap<>();

  StoreMeters(Metrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void query(String type, long nanos, boolean ok) {
    timers
        .computeIfAbsent(
            type + ok,
            key ->
                metrics.timer(
                    "db.query.duration",
                    "Database query latency",
                    "query_type",
                    type,
                    "outcome",
                    ok ? "ok" : "error"))
        .record(nanos, TimeUnit.NANOSECONDS);
  }
}
