package dev.sluice.push;

import dev.sluice.call.Failure;
import dev.sluice.store.NotSealedHere;
import dev.sluice.store.SealedColumn;
import dev.sluice.store.Secrets;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Subscriptions as they are kept: what is secret of them is sealed. */
final class Subscriptions {
  private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);
  private static final int MOST_SWEPT = 10_000;

  private static final String LOCK =
      "SELECT pg_advisory_xact_lock(hashtextextended(encode($1::bytea, 'hex'), 6))";

  private static final String PUT =
      "INSERT INTO subscriptions (id, owner, mac, host, events, sealed, expires_at, updated_at)"
          + " VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())"
          + " ON CONFLICT (mac) DO UPDATE SET host = excluded.host, events = excluded.events,"
          + " sealed = excluded.sealed, expires_at = excluded.expires_at, quiet_until = NULL,"
          + " failing_since = NULL, updated_at = clock_timestamp() RETURNING "
          + Subscription.COLUMNS;

  private static final String CROWD =
      "DELETE FROM subscriptions WHERE id IN (SELECT id FROM subscriptions WHERE owner = $1"
          + " ORDER BY updated_at DESC, id DESC OFFSET $2)";

  static final SealedColumn SEALED =
      new SealedColumn("subscriptions", "id", "sealed", Subscriptions::boundTo);

  private final Pool pool;
  private final Secrets secrets;

  Subscriptions(Pool pool, Secrets secrets) {
    this.pool = pool;
    this.secrets = secrets;
  }

  /**
   * Keeps it in the place of any of the same endpoint, of which there is one. Another user's goes,
   * with what waits for it: it is the same browser, and somebody else sits there. So do those that
   * the user subscribed first, beyond so many.
   */
  Future<Subscription> put(Wish wish, Target target, String host, int most) {
    Buffer mac = mac(target.endpoint());
    return pool.withTransaction(
        tx ->
            tx.preparedQuery(LOCK)
                .execute(Tuple.of(mac))
                .compose(
                    alone ->
                        tx.preparedQuery("SELECT pg_advisory_xact_lock(hashtextextended($1, 7))")
                            .execute(Tuple.of(wish.owner())))
                .compose(
                    alone ->
                        tx.preparedQuery("DELETE FROM subscriptions WHERE mac = $1 AND owner <> $2")
                            .execute(Tuple.of(mac, wish.owner())))
                .compose(alone -> kept(tx, mac))
                .compose(id -> tx.preparedQuery(PUT).execute(values(id, wish, mac, host, target)))
                .map(rows -> Subscription.of(rows.iterator().next(), target.endpoint()))
                .compose(
                    made ->
                        tx.preparedQuery(CROWD).execute(Tuple.of(wish.owner(), most)).map(made)));
  }

  /** Its id, to which its secrets are bound, if it is there; else a new one. */
  private static Future<UUID> kept(SqlConnection tx, Buffer mac) {
    return tx.preparedQuery("SELECT id FROM subscriptions WHERE mac = $1 FOR UPDATE")
        .execute(Tuple.of(mac))
        .map(rows -> rows.size() == 0 ? UUID.randomUUID() : rows.iterator().next().getUUID(0));
  }

  private Tuple values(UUID id, Wish wish, Buffer mac, String host, Target target) {
    Instant expires = wish.expirationTime();
    return Tuple.of(id, wish.owner(), mac, host)
        .addArrayOfString(wish.events().toArray(String[]::new))
        .addBuffer(Buffer.buffer(secrets.seal(target.bytes(), boundTo(id))))
        .addOffsetDateTime(expires == null ? null : expires.atOffset(ZoneOffset.UTC));
  }

  /** The one that was renewed last first. */
  Future<List<Subscription>> list(String owner) {
    String sql =
        "SELECT "
            + Subscription.COLUMNS
            + " FROM subscriptions WHERE owner = $1 ORDER BY updated_at DESC, id DESC";
    return pool.preparedQuery(sql)
        .execute(Tuple.of(owner))
        .map(
            rows -> {
              List<Subscription> all = new ArrayList<>();
              for (Row row : rows) {
                Target target = opened(row.getUUID("id"), row.getBuffer("sealed"));
                all.add(Subscription.of(row, target == null ? null : target.endpoint()));
              }
              return all;
            });
  }

  /** Its id; fails where the owner has none with this endpoint. */
  Future<UUID> remove(String endpoint, String owner) {
    return pool.preparedQuery(
            "DELETE FROM subscriptions WHERE mac = $1 AND owner = $2 RETURNING id")
        .execute(Tuple.of(mac(endpoint), owner))
        .map(
            rows -> {
              if (rows.size() > 0) return rows.iterator().next().getUUID(0);
              throw Failure.notFound(
                      "PUSH_SUBSCRIPTION_NOT_FOUND", "You have no subscription of this endpoint.")
                  .suggest("GET /api/push/subscriptions shows those that you have.");
            });
  }

  Future<Long> forget(String owner) {
    return pool.preparedQuery("DELETE FROM subscriptions WHERE owner = $1")
        .execute(Tuple.of(owner))
        .map(gone -> (long) gone.rowCount());
  }

  /** Removes those that are over, and those whose push service has failed for so long. */
  Future<Integer> sweep(Duration failing) {
    String sql =
        "DELETE FROM subscriptions WHERE id IN (SELECT id FROM subscriptions"
            + " WHERE expires_at <= now() OR failing_since <= now() - $1 * interval '1 ms'"
            + " LIMIT $2 FOR UPDATE SKIP LOCKED)";
    return pool.preparedQuery(sql)
        .execute(Tuple.of(failing.toMillis(), MOST_SWEPT))
        .map(gone -> gone.rowCount());
  }

  /** Null where it was sealed with keys that are gone. */
  Target opened(UUID id, Buffer sealed) {
    try {
      return Target.of(secrets.open(sealed.getBytes(), boundTo(id)));
    } catch (NotSealedHere e) {
      LOG.error("push subscription {} cannot be read with this keyset", id);
      return null;
    }
  }

  private Buffer mac(String endpoint) {
    byte[] bytes = endpoint.getBytes(StandardCharsets.UTF_8);
    return Buffer.buffer(secrets.mac("push endpoint", bytes));
  }

  private static String boundTo(Object id) {
    return "push subscription " + id;
  }
}
