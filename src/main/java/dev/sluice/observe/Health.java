package dev.sluice.observe;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Whether the gateway can do its work, asked of its parts. A part may be degraded (the gateway goes
 * on without it) or down (it cannot).
 */
public final class Health {
  private final Map<String, Supplier<Future<Status>>> checks = new LinkedHashMap<>();
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

  /** Adds a part; all are added before the first report. */
  public void add(String component, Supplier<Future<Status>> check) {
    checks.put(component, check);
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
    List<Future<Status>> answers = new ArrayList<>();
    checks.values().forEach(check -> answers.add(ask(check)));
    return Future.join(answers)
        .map(
            all -> {
              Map<String, Status> components = new LinkedHashMap<>();
              Status worst = draining ? Status.DOWN : Status.UP;
              int i = 0;
              for (String name : checks.keySet()) {
                Status status = answers.get(i++).result();
                components.put(name, status);
                if (status.compareTo(worst) > 0) worst = status;
              }
              return new Report(worst, components);
            });
  }
}
