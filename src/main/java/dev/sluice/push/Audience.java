package dev.sluice.push;

import dev.sluice.outward.Standing;
import io.vertx.core.Future;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a user is to be sent to.
 *
 * @param standing what users are now
 * @param live whether a user, by id, has a session on any node that hears of events by itself: a
 *     socket, or a stream
 */
public record Audience(Standing standing, Function<String, Future<Boolean>> live) {
  private static final Logger LOG = LoggerFactory.getLogger(Audience.class);

  /** Where nobody can tell: once too often is better than not at all. */
  Future<Boolean> isLive(String user) {
    return Future.succeededFuture(user)
        .compose(live::apply)
        .otherwise(
            e -> {
              LOG.warn("nobody knows who is live: {}", e.getMessage());
              return false;
            });
  }
}
