package dev.sluice.http;

import dev.sluice.http.forward.UpstreamSettings;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;

/**
 * One event loop's lanes through changes of the configuration: an upstream that stays as it was
 * keeps its lane, and so its connections. Not thread-safe.
 */
final class Lanes {
  private final Vertx vertx;
  private Map<String, Lane> current = Map.of();

  Lanes(Vertx vertx) {
    this.vertx = vertx;
  }

  /** A lane for each upstream; to be followed by {@link #keep} or {@link #drop}. */
  Map<String, Lane> prepare(Map<String, UpstreamSettings> upstreams) {
    Map<String, Lane> lanes = new HashMap<>();
    upstreams.forEach(
        (name, settings) -> {
          Lane known = current.get(name);
          boolean same = known != null && known.settings().equals(settings);
          lanes.put(name, same ? known : new Lane(vertx, name, settings));
        });
    return lanes;
  }

  /** From now on these are used; those that are not among them end with their last request. */
  void keep(Map<String, Lane> lanes) {
    retire(current, lanes);
    current = Map.copyOf(lanes);
  }

  /** These will not be used after all. */
  void drop(Map<String, Lane> lanes) {
    retire(lanes, current);
  }

  private static void retire(Map<String, Lane> those, Map<String, Lane> staying) {
    those.forEach(
        (name, lane) -> {
          if (staying.get(name) != lane) lane.retire();
        });
  }
}
