package dev.sluice.upstream;

import dev.sluice.upstream.Target.Reason;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches over one upstream's targets, on one event loop, whichever loops use them. */
final class WatchVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(WatchVerticle.class);

  private final Upstream upstream;
  private final Targets targets;
  private final Targets.Listener listener = (target, reason) -> ejected(target, reason);
  private final Map<Target, Exile> exiles = new HashMap<>();

  /** How long a target is out, and when it came back the last time. */
  private static final class Exile {
    long millis;
    long endedAt;
  }

  WatchVerticle(Upstream upstream) {
    this.upstream = upstream;
    this.targets = upstream.targets();
  }

  @Override
  public Future<?> start() {
    targets.listen(listener);
    if (upstream.settings().health() != null) {
      targets.all().forEach(target -> new Checkup(vertx, upstream, target).begin());
    }
    if (upstream.isWatched()) new Silence(vertx, upstream).begin();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    targets.forget(listener);
    return Future.succeededFuture();
  }

  private void ejected(Target target, Reason reason) {
    context.runOnContext(v -> exile(target));
  }

  /** Longer than before where it has come back only a while ago. */
  private void exile(Target target) {
    EjectionSettings ejection = upstream.settings().ejection();
    Exile exile = exiles.computeIfAbsent(target, t -> new Exile());
    Duration since = Duration.ofNanos(System.nanoTime() - exile.endedAt);
    boolean again = exile.endedAt != 0 && since.compareTo(ejection.longest()) < 0;
    long longest = ejection.longest().toMillis();
    exile.millis = again ? Math.min(longest, 2 * exile.millis) : ejection.duration().toMillis();
    vertx.setTimer(exile.millis, t -> probe(target, exile));
  }

  /** It comes back when it answers; until then it is asked again and again. */
  private void probe(Target target, Exile exile) {
    HealthSettings health = upstream.settings().health();
    Duration limit = upstream.settings().connectTimeout();
    Future<Boolean> back =
        health == null
            ? upstream.dialer().isAlive(target, limit)
            : upstream
                .dialer()
                .ask(target, health.path(), health.timeout())
                .map(health::isWell)
                .otherwise(false);
    back.onComplete(
        answer -> {
          if (answer.succeeded() && answer.result()) {
            exile.endedAt = System.nanoTime();
            targets.restore(target);
            LOG.info("upstream {}: {} is back", upstream.name(), target);
            return;
          }
          long pause = upstream.settings().ejection().duration().toMillis();
          vertx.setTimer(pause, t -> probe(target, exile));
        });
  }
}
