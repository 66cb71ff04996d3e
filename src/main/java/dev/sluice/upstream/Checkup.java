package dev.sluice.upstream;

import io.vertx.core.AsyncResult;
import io.vertx.core.Vertx;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The active checks of one target; on one event loop. */
final class Checkup {
  private static final Logger LOG = LoggerFactory.getLogger(Checkup.class);

  private final Vertx vertx;
  private final Upstream upstream;
  private final Target target;
  private final HealthSettings settings;
  private boolean first = true;
  private int differing;

  Checkup(Vertx vertx, Upstream upstream, Target target) {
    this.vertx = vertx;
    this.upstream = upstream;
    this.target = target;
    this.settings = upstream.settings().health();
  }

  void begin() {
    upstream
        .dialer()
        .ask(target, settings.path(), settings.timeout())
        .onComplete(
            answer -> {
              judge(answer);
              vertx.setTimer(pause(), t -> begin());
            });
  }

  /** Not all gateways at the same moment. */
  private long pause() {
    long interval = settings.interval().toMillis();
    return Math.max(
        1, interval + ThreadLocalRandom.current().nextLong(-interval / 10, interval / 10 + 1));
  }

  private void judge(AsyncResult<Integer> answer) {
    boolean well = answer.succeeded() && settings.isWell(answer.result());
    if (well == target.isWell()) {
      differing = 0;
    } else if (++differing >= (first ? 1 : well ? settings.rise() : settings.fall())) {
      differing = 0;
      target.setWell(well);
      if (well) LOG.info("upstream {}: {} is well", upstream.name(), target);
      else LOG.warn("upstream {}: {} is not well: {}", upstream.name(), target, reason(answer));
    }
    first = false;
  }

  private static String reason(AsyncResult<Integer> answer) {
    return answer.succeeded() ? "status " + answer.result() : Trouble.of(answer.cause()).word();
  }
}
