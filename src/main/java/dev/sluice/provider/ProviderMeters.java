package dev.sluice.provider;

import dev.sluice.observe.Metrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

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

  ProviderMeters(Metrics metrics, String provider, Mailbox mailbox) {
    this.metrics = metrics;
    this.provider = provider;
    shed = counter("provider.shed", "Calls refused because the mailbox was full");
    retries = counter("provider.retries", "Attempts after the first");
    batched = counter("provider.batched.calls", "Calls that left in a request with others");
    cancelled = counter("provider.cancelled", "Calls given up because their client went away");
    gauge("provider.mailbox.calls", "Calls waiting for a permit", mailbox::calls);
    gauge("provider.mailbox.bytes", "Their weight", mailbox::bytes);
    gauge("provider.requests.active", "Upstream requests under way", inFlight::get);
    gauge("provider.pool.connections", "Open upstream connections", connections::get);
    gauge("provider.breaker.state", "0 closed, 1 half open, 2 open", breakerState::get);
    gauge("provider.quota.points", "Points left in the provider's bucket", quotaPoints::get);
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

  private void gauge(String name, String help, java.util.function.Supplier<Number> value) {
    metrics.gauge(name, help, value, "provider", provider);
  }
}
