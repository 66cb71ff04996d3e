package dev.sluice.upstream;

import dev.sluice.observe.Health;
import dev.sluice.observe.Health.Status;
import dev.sluice.observe.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The upstreams of prefix routes. One is in use at a time; at a change of settings {@link #next}
 * makes another beside it, which takes over what has not changed, and then one of the two is {@link
 * #retire}d.
 */
public final class Upstreams {
  private final Shared shared;
  private final Map<String, Upstream> byName = new LinkedHashMap<>();

  /** What outlives a change of settings; {@code current} has those that health asks. */
  private record Shared(
      Vertx vertx,
      Metrics metrics,
      Health health,
      Map<String, UpstreamMeters> meters,
      Map<String, Upstream> current) {}

  private Upstreams(Shared shared) {
    this.shared = shared;
  }

  /** Opens them: connections come with requests, active checks begin now. */
  public static Future<Upstreams> open(
      Vertx vertx, Map<String, UpstreamSettings> settings, Metrics metrics, Health health) {
    Map<String, UpstreamMeters> meters = new ConcurrentHashMap<>();
    Shared shared = new Shared(vertx, metrics, health, meters, new ConcurrentHashMap<>());
    return new Upstreams(shared).start(settings, Map.of());
  }

  /**
   * Those of other settings. What is equal is the same, with its connections and what is known of
   * its targets.
   */
  public Future<Upstreams> next(Map<String, UpstreamSettings> settings) {
    return new Upstreams(shared).start(settings, byName);
  }

  /**
   * The URLs to ask an upstream at just now, each as often as its weight says: for those who have
   * connections of their own. Empty where there is none of that name.
   */
  public List<String> urls(String name) {
    Upstream upstream = byName.get(name);
    return upstream == null ? List.of() : upstream.targets().urls();
  }

  /** The calling event loop's pool for an upstream. */
  public Pool pool(String name) {
    return byName.get(name).pool();
  }

  /**
   * Ends those that {@code heir} does not have, each when nothing is under way to it any more.
   *
   * @param heir the successor; or the predecessor, where the successor is not to be after all
   */
  public Future<Void> retire(Upstreams heir) {
    List<Future<Void>> closed = new ArrayList<>();
    byName.forEach(
        (name, upstream) -> {
          if (heir.byName.get(name) == upstream) return;
          closed.add(upstream.close());
          if (!heir.byName.containsKey(name)) forget(name);
          else heir.show(name);
        });
    return Future.join(closed).mapEmpty();
  }

  /** Ends all, each when nothing is under way to it any more. */
  public Future<Void> close() {
    return retire(new Upstreams(shared));
  }

  private Future<Upstreams> start(
      Map<String, UpstreamSettings> settings, Map<String, Upstream> before) {
    List<Future<?>> started = new ArrayList<>();
    settings.forEach(
        (name, wanted) -> {
          Upstream known = before.get(name);
          if (known != null && known.isOf(wanted)) {
            byName.put(name, known);
            return;
          }
          UpstreamMeters meters =
              shared.meters.computeIfAbsent(name, n -> new UpstreamMeters(shared.metrics, n));
          Upstream made = new Upstream(shared.vertx, name, wanted, meters);
          byName.put(name, made);
          started.add(made.start());
          show(name);
        });
    return Future.all(started).map(this);
  }

  /** Health asks this one from now on; an upstream that is down is no reason to refuse the rest. */
  private void show(String name) {
    Upstream upstream = byName.get(name);
    upstream.meters().show(upstream.targets());
    if (shared.current.put(name, upstream) != null) return;
    shared.health.addOutside(component(name), () -> status(name));
  }

  private Future<Status> status(String name) {
    Upstream upstream = shared.current.get(name);
    return Future.succeededFuture(upstream == null ? Status.UP : upstream.targets().status());
  }

  private void forget(String name) {
    shared.current.remove(name);
    shared.health.remove(component(name));
  }

  private static String component(String name) {
    return "upstream." + name;
  }
}
