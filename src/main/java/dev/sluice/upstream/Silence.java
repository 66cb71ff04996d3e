package dev.sluice.upstream;

import dev.sluice.upstream.Target.Reason;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds targets that take requests and answer nobody, as a process that is stopped does. A target
 * is silent when requests wait for it, no byte has come from it for {@code ejection.silence}, and a
 * probe on a connection of its own has had no answer for half of that either. So a slow request
 * condemns nobody: the probe is answered meanwhile. On one event loop.
 */
final class Silence {
  private static final Logger LOG = LoggerFactory.getLogger(Silence.class);
  private static final long SHORTEST_TICK_MILLIS = 25;
  private static final long PROBE_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  private final Vertx vertx;
  private final Upstream upstream;
  private final long limit;
  private final Map<Target, Doubt> doubts = new HashMap<>();
  private long ticked = System.nanoTime();

  /** A probe: since when it has been under way, and when the last one was answered. */
  private static final class Doubt {
    long askedAt;
    boolean asked;
    long answeredAt = System.nanoTime() - PROBE_PAUSE_NANOS;
  }

  Silence(Vertx vertx, Upstream upstream) {
    this.vertx = vertx;
    this.upstream = upstream;
    this.limit = upstream.settings().ejection().silence().toNanos();
  }

  void begin() {
    long tick = Math.max(SHORTEST_TICK_MILLIS, limit / 1_000_000 / 8);
    vertx.setPeriodic(tick, t -> listen(tick * 1_000_000));
  }

  private void listen(long tick) {
    long now = System.nanoTime();
    boolean late = now - ticked > 3 * tick; // it was this process that stood still
    ticked = now;
    for (Target target : upstream.targets().all()) {
      Doubt doubt = doubts.computeIfAbsent(target, t -> new Doubt());
      if (late) doubt.askedAt = now;
      long quiet = now - target.heardAt();
      if (target.out() != null || target.awaiting() == 0 || quiet < limit / 2) {
        doubt.asked = false;
      } else if (!doubt.asked) {
        if (now - doubt.answeredAt >= PROBE_PAUSE_NANOS) probe(target, doubt, now);
      } else if (quiet >= limit && now - doubt.askedAt >= limit / 2) {
        doubt.asked = false;
        eject(target);
      }
    }
  }

  private void probe(Target target, Doubt doubt, long now) {
    doubt.asked = true;
    doubt.askedAt = now;
    upstream
        .dialer()
        .isAlive(target, upstream.settings().connectTimeout())
        .onSuccess(
            alive -> {
              if (!alive) return; // then it is as good as silent
              doubt.asked = false;
              doubt.answeredAt = System.nanoTime();
            });
  }

  private void eject(Target target) {
    if (!upstream.targets().eject(target, Reason.SILENCE)) return;
    LOG.warn("upstream {}: {} is out: it answers nobody", upstream.name(), target);
  }
}
