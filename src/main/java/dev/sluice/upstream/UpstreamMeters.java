package dev.sluice.upstream;

import dev.sluice.observe.Metrics;
import dev.sluice.upstream.Target.Reason;
import io.micrometer.core.instrument.Counter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** What an operator sees of one upstream; labels upstream and target. */
final class UpstreamMeters {
  private static final String ACTIVE = "upstream.requests.active";
  private static final String CONNECTIONS = "upstream.connections";
  private static final String SOCKETS = "upstream.sockets";
  private static final String USED = "upstream.target.used";
  private static final String WELL = "upstream.target.healthy";

  private final Metrics metrics;
  private final String upstream;
  private final Counter retries;
  // by label: a target of new settings takes the place of the one before it
  private final Map<String, Target> targets = new ConcurrentHashMap<>();

  UpstreamMeters(Metrics metrics, String upstream) {
    this.metrics = metrics;
    this.upstream = upstream;
    this.retries =
        metrics.counter(
            "upstream.retries", "Requests sent to another target", "upstream", upstream);
  }

  void retried() {
    retries.increment();
  }

  void failed(Target target, Trouble trouble) {
    String help = "Requests without an answer, by error type of RFC 9209";
    metrics.counter("upstream.failures", help, labels(target, "error", trouble.word())).increment();
  }

  void ejected(Target target, Reason reason) {
    String word = reason.name().toLowerCase(Locale.ROOT);
    metrics
        .counter("upstream.ejections", "Targets taken out", labels(target, "reason", word))
        .increment();
  }

  /** Shows these targets from now on. */
  void show(Targets shown) {
    for (Target target : shown.all()) {
      if (targets.put(target.authority(), target) != null) continue;
      gauge(target, ACTIVE, "Requests under way to a target", Target::inFlight);
      gauge(target, CONNECTIONS, "Connections to it that requests share", t -> t.connections.get());
      gauge(target, SOCKETS, "WebSockets passed on to it", t -> t.sockets.get());
      gauge(target, USED, "1 where it is sent requests", t -> t.isUsed() ? 1 : 0);
      gauge(target, WELL, "1 unless active checks fail", t -> t.isWell() ? 1 : 0);
    }
  }

  /** Shows these no more, where no others have taken their place. */
  void hide(Targets hidden) {
    for (Target target : hidden.all()) {
      if (!targets.remove(target.authority(), target)) continue;
      for (String name : new String[] {ACTIVE, CONNECTIONS, SOCKETS, USED, WELL}) {
        metrics.removeGauge(name, labels(target));
      }
    }
  }

  private void gauge(Target target, String name, String help, Function<Target, Number> value) {
    String authority = target.authority();
    metrics.gauge(
        name,
        help,
        () -> {
          Target shown = targets.get(authority);
          return shown == null ? 0 : value.apply(shown);
        },
        labels(target));
  }

  private String[] labels(Target target, String... more) {
    String[] labels = {"upstream", upstream, "target", target.authority()};
    if (more.length == 0) return labels;
    return new String[] {labels[0], labels[1], labels[2], labels[3], more[0], more[1]};
  }
}
