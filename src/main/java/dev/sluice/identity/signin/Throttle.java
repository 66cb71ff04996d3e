package dev.sluice.identity.signin;

import dev.sluice.call.Failure;
import dev.sluice.call.Network;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;

/**
 * Counts what may be tried only so often, in the database, so that neither many clients nor many
 * nodes are a way around it.
 */
public final class Throttle {
  private final Pool pool;

  public Throttle(Pool pool) {
    this.pool = pool;
  }

  /** Counts one; fails with 429 RATE_LIMIT_EXCEEDED where it is one too many in the window. */
  public Future<Void> admit(String kind, String key, int most, Duration window) {
    return pool.preparedQuery("SELECT admit($1, $2, $3, $4 * interval '1 ms')")
        .execute(Tuple.of(kind, key, most, window.toMillis()))
        .compose(
            rows -> {
              Long wait = rows.iterator().next().getLong(0);
              return wait == null
                  ? Future.succeededFuture()
                  : Future.failedFuture(tooMany(most, window, Duration.ofMillis(wait)));
            });
  }

  /** What has been tried under a key counts no more. */
  public Future<Void> forgive(String kind, String key) {
    return pool.preparedQuery("DELETE FROM attempts WHERE kind = $1 AND key = $2")
        .execute(Tuple.of(kind, key))
        .mapEmpty();
  }

  /** What a client is counted by: its address, of IPv6 the first 64 bits. */
  static String client(String address) {
    return Network.of(address);
  }

  private static Failure tooMany(int most, Duration window, Duration wait) {
    return Failure.of(
            Failure.Category.RATE_LIMIT,
            "RATE_LIMIT_EXCEEDED",
            "This may be tried " + most + " times in " + window.toSeconds() + " s.")
        .detail("limit", most)
        .detail("window", window.toSeconds())
        .suggest("Wait as long as Retry-After says.")
        .retryAfter(wait);
  }
}
