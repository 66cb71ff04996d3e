package dev.sluice.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The meters of this gateway, in Prometheus' names and base units. Hot paths resolve a meter once
 * and keep it.
 */
public final class Metrics {
  private static final Duration[] BUCKETS = {
    Duration.ofNanos(100_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2500),
    Duration.ofSeconds(10)
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private final Map<Tags, Timer> served = new ConcurrentHashMap<>();

  public Metrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /**
   * Requests of one kind: {@code http_request_duration_seconds} and {@code http_requests_total},
   * labels method, route and status (seed 003).
   */
  public Timer requests(String method, String route, int status) {
    Tags tags = Tags.of("method", method, "route", route, "status", Integer.toString(status));
    return served.computeIfAbsent(
        tags,
        t -> {
          Timer timer = timer("http.request.duration", "HTTP request latency", t);
          FunctionCounter.builder("http.requests", timer, Timer::count)
              .description("HTTP requests")
              .tags(t)
              .register(registry);
          return timer;
        });
  }

  /** A histogram {@code <name>_seconds}; labels as name, value, name, value. */
  public Timer timer(String name, String help, String... labels) {
    return timer(name, help, Tags.of(labels));
  }

  private Timer timer(String name, String help, Tags tags) {
    return Timer.builder(name)
        .description(help)
        .tags(tags)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  /** A counter {@code <name>_total}. */
  public Counter counter(String name, String help, String... labels) {
    return Counter.builder(name).description(help).tags(labels).register(registry);
  }

  /** A value read at each scrape, from any thread. */
  public void gauge(String name, String help, Supplier<Number> value, String... labels) {
    Gauge.builder(name, value)
        .description(help)
        .tags(labels)
        .strongReference(true)
        .register(registry);
  }

  /** Takes a gauge away: what it told of is no more. */
  public void removeGauge(String name, String... labels) {
    registry.remove(new Meter.Id(name, Tags.of(labels), null, null, Meter.Type.GAUGE));
  }

  /** The text that Prometheus scrapes. */
  public String scrape() {
    return registry.scrape();
  }

  public void close() {
    registry.close();
  }
}
