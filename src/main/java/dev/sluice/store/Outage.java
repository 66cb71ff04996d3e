package dev.sluice.store;

import dev.sluice.call.Failure;
import io.vertx.core.Future;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a server that is away, or has no room, from a query that is wrong. */
final class Outage {
  private static final Logger LOG = LoggerFactory.getLogger(Outage.class);
  private static final Duration QUIET = Duration.ofSeconds(5);

  /** Connections, resources, a server that goes or cancels (PostgreSQL, Appendix A). */
  private static final Pattern AWAY = Pattern.compile("(08|53|57).{3}");

  private static final AtomicLong told = new AtomicLong(System.nanoTime() - QUIET.toNanos());

  private Outage() {}

  /** A failure of 503 where it is the server's; else what it was. */
  static <T> Future<T> of(Throwable cause) {
    if (!isOne(cause)) return Future.failedFuture(cause);
    tell(cause);
    return Future.failedFuture(
        Failure.unavailable("SERVICE_UNAVAILABLE", "What this needs cannot be looked up just now.")
            .suggest("Try again in a moment.")
            .retryAfter(Duration.ofSeconds(1)));
  }

  private static boolean isOne(Throwable cause) {
    if (cause instanceof PgException error) return AWAY.matcher(error.getSqlState()).matches();
    return cause instanceof IOException
        || cause instanceof TimeoutException
        || cause instanceof ClosedConnectionException
        || cause instanceof ConnectionPoolTooBusyException;
  }

  /** Not for each of many. */
  private static void tell(Throwable cause) {
    long now = System.nanoTime();
    long last = told.get();
    if (now - last < QUIET.toNanos() || !told.compareAndSet(last, now)) return;
    LOG.warn("PostgreSQL does not answer: {}", cause.toString());
  }
}
