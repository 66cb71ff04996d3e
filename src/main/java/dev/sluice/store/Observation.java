package dev.sluice.store;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Times queries, tells the observer, and gives up on a server that does not keep its own statement
 * timeout.
 */
record Observation(QueryObserver observer, Duration timeout) {

  <T> Future<T> of(String sql, Supplier<Future<T>> query) {
    long begin = System.nanoTime();
    return query
        .get()
        .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(done -> observer.query(type(sql), System.nanoTime() - begin, done.succeeded()))
        .recover(Outage::of);
  }

  /** The kind of statement by its first word. */
  static String type(String sql) {
    int at = 0;
    while (at < sql.length() && (Character.isWhitespace(sql.charAt(at)) || sql.charAt(at) == '(')) {
      at++;
    }
    for (String type : new String[] {"select", "insert", "update", "delete"}) {
      if (sql.regionMatches(true, at, type, 0, type.length())) {
        return type;
      }
    }
    return "other";
  }
}
