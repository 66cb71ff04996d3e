package dev.sluice.store;

import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;

/**
 * What the stores need.
 *
 * @param postgres {@code embedded} or a {@code postgres://} URI
 * @param redis {@code embedded} or a {@code redis://} (or {@code rediss://}, TLS) URI
 * @param poolSize the most PostgreSQL connections a pool opens; each schema has a pool
 * @param queryTimeout after it a query fails
 * @param redisTimeout after it a Redis command fails
 * @param keyset what secrets are sealed with, as JSON; empty, the file in the data directory
 */
public record StoreSettings(
    String postgres,
    String redis,
    int poolSize,
    Duration queryTimeout,
    Duration redisTimeout,
    String keyset) {

  public StoreSettings {
    if (!postgres.equals(EMBEDDED) && !isPostgresUri(postgres)) {
      throw new IllegalArgumentException(
          "postgres is no URI such as postgres://user:password@host:5432/database, nor embedded");
    }
    if (!redis.equals(EMBEDDED) && !redis.matches("(?i)rediss?://.+")) {
      throw new IllegalArgumentException(
          "redis is no URI such as redis://:password@host:6379, nor embedded");
    }
    if (queryTimeout.isZero() || queryTimeout.toHours() >= 1) {
      throw new IllegalArgumentException("queryTimeout must be above 0 and below an hour");
    }
    if (!keyset.isEmpty()) checkKeyset(keyset);
  }

  private static void checkKeyset(String keyset) {
    try {
      Keyset.parse(keyset);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("keyset: " + e.getMessage());
    }
  }

  private static boolean isPostgresUri(String uri) {
    try {
      PgConnectOptions.fromUri(uri);
      return true;
    } catch (RuntimeException e) { // its message would have the password
      return false;
    }
  }

  /** In place of a URI: Sluice starts a server of its own. */
  public static final String EMBEDDED = "embedded";

  /** Embedded servers, 8 connections, 10 s a query, 50 ms a Redis command, a keyset of its own. */
  public static StoreSettings defaults() {
    return new StoreSettings(
        EMBEDDED, EMBEDDED, 8, Duration.ofSeconds(10), Duration.ofMillis(50), "");
  }

  boolean embeddedPostgres() {
    return postgres.equals(EMBEDDED);
  }

  boolean embeddedRedis() {
    return redis.equals(EMBEDDED);
  }

  /** Keeps passwords and keys out of logs. */
  @Override
  public String toString() {
    return "StoreSettings[poolSize=%d, queryTimeout=%s, redisTimeout=%s]"
        .formatted(poolSize, queryTimeout, redisTimeout);
  }
}
