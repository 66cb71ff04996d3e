package dev.sluice.observe;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Whether the gateway can do its work, asked of its parts. A part may be degraded (the gateway goes
 * on without it) or down (it cannot).
 */
public final class Health {
  private volatile Map<String, Part> parts = Map.of();
  private final Map<String, Supplier<Future<String>>> versions = new ConcurrentHashMap<>();
  private volatile boolean draining;

  /** What a part says of itself. */
  public enum Status {
    UP,
    DEGRADED,
    DOWN
  }

  /**
   * The whole answer.
   *
   * @param status the worst of the parts; DOWN while draining
   * @param components each part's own
   */
  public record Report(Status status, Map<String, Status> components) {}

  /** A part; where {@code own} is false the gateway is merely degraded when it is down. */
  private record Part(Supplier<Future<Status>> check, boolean own) {}

  /** Adds a part. */
  public void add(String component, Supplier<Future<Status>> check) {
    change(component, new Part(check, true));
  }

  /** Adds something outside: when it is down, the gateway goes on with the rest. */
  public void addOutside(String component, Supplier<Future<Status>> check) {
    change(component, new Part(check, false));
  }

  /** Says how a part can be asked for its version; what fails to answer has none. */
  public void version(String component, Supplier<Future<String>> version) {
    versions.put(component, version);
  }

  /** The versions of those parts that tell theirs. */
  public Future<Map<String, String>> versions() {
    Map<String, String> told = new ConcurrentHashMap<>();
    List<Future<String>> asked = new ArrayList<>();
    versions.forEach((name, version) -> asked.add(version.get().onSuccess(v -> told.put(name, v))));
    return Future.join(asked).transform(all -> Future.succeededFuture(told));
  }

  public void remove(String component) {
    change(component, null);
  }

  private synchronized void change(String component, Part part) {
    Map<String, Part> changed = new LinkedHashMap<>(parts);
    if (part == null) changed.remove(component);
    else changed.put(component, part);
    parts = changed;
  }

  /** From now on the gateway takes no new work. */
  public void drain() {
    draining = true;
  }

  private static Future<Status> ask(Supplier<Future<Status>> check) {
    try {
      return check.get().otherwise(Status.DOWN);
    } catch (RuntimeException thrown) {
      return Future.succeededFuture(Status.DOWN);
    }
  }

  /** Asks every part; one that fails to answer is down. */
  public Future<Report> report() {
    Map<String, Part> asked = parts;
    List<Future<Status>> answers = new ArrayList<>();
    asked.values().forEach(part -> answers.add(ask(part.check)));
    return Future.join(answers)
        .map(
            all -> {
              Map<String, Status> components = new LinkedHashMap<>();
              Status worst = draining ? Status.DOWN : Status.UP;
              int i = 0;
              for (Map.Entry<String, Part> part : asked.entrySet()) {
                Status status = answers.get(i++).result();
                components.put(part.getKey(), status);
                if (status == Status.DOWN && !part.getValue().own) status = Status.DEGRADED;
                if (status.compareTo(worst) > 0) worst = status;
              }
              return new Report(worst, components);
            });
  }
}
