package dev.sluice.provider;

import dev.sluice.observe.Metrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** What an operator sees of one upstream; labels provider, and operation and status of attempts. */
final class ProviderMeters {
  private final Metrics metrics;
  private final String provider;
  private final Map<String, Timer> attempts = new HashMap<>();
  private final Counter shed;
  private final Counter retries;
  private final Counter batched;
  private final Counter cancelled;
  final AtomicInteger inFlight = new AtomicInteger();
  final AtomicInteger connections = new AtomicInteger();
  final AtomicInteger breakerState = new AtomicInteger();
  final AtomicInteger quotaPoints = new AtomicInteger(-1);

  ProviderMeters(Metrics metrics, String provider) {
    this.metrics = metrics;
    this.provider = provider;
    shed = counter("provider.shed", "Calls refused because the mailbox was full");
    retries = counter("provider.retries", "Attempts after the first");
    batched = counter("provider.batched.calls", "Calls that left in a request with others");
    cancelled = counter("provider.cancelled", "Calls given up because their client went away");
  }

  /** The gauges of a provider, of whichever station is its own when they are read. */
  static void register(Metrics metrics, String provider, Supplier<Station> now) {
    Gauges gauges = (name, help, value) -> metrics.gauge(name, help, value, "provider", provider);
    gauges.add(
        "provider.mailbox.calls", "Calls waiting for a permit", () -> now.get().mailbox().calls());
    gauges.add("provider.mailbox.bytes", "Their weight", () -> now.get().mailbox().bytes());
    gauges.add(
        "provider.requests.active", "Upstream requests under way", () -> of(now).inFlight.get());
    gauges.add(
        "provider.pool.connections", "Open upstream connections", () -> of(now).connections.get());
    gauges.add(
        "provider.breaker.state",
        "0 closed, 1 half open, 2 open",
        () -> of(now).breakerState.get());
    gauges.add(
        "provider.quota.points",
        "Points left in the provider's bucket",
        () -> of(now).quotaPoints.get());
  }

  private static ProviderMeters of(Supplier<Station> now) {
    return now.get().meters();
  }

  /** Adds a gauge of one provider. */
  private interface Gauges {
    void add(String name, String help, Supplier<Number> value);
  }

  void attempted(String operation, int status, long nanos) {
    attempts
        .computeIfAbsent(
            operation + " " + status,
            key ->
                metrics.timer(
                    "provider.request.duration",
                    "Upstream requests; status 0: no answer",
                    "provider",
                    provider,
                    "operation",
                    operation,
                    "status",
                    Integer.toString(status)))
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  void shed(int calls) {
    shed.increment(calls);
  }

  void retried() {
    retries.increment();
  }

  void batched(int calls) {
    if (calls > 1) batched.increment(calls);
  }

  void cancelled() {
    cancelled.increment();
  }

  private Counter counter(String name, String help) {
    return metrics.counter(name, help, "provider", provider);
  }
}
