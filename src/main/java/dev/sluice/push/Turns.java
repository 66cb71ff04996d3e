package dev.sluice.push;

import dev.sluice.outward.Lanes;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Whose turn it is: messages that are due are taken by one node at a time, and one that was taken
 * and never settled, because its node is gone, is due again after a while. A subscription is locked
 * before its messages, everywhere.
 */
final class Turns {
  private static final int MOST_SWEPT = 10_000;

  /** Of those that are due, the first so many whose host and owner have room. */
  private static final String TAKE =
      """
      WITH hosts AS (SELECT * FROM unnest($1::text[], $2::int[]) AS b (host, n)),
      owners AS (SELECT * FROM unnest($4::text[], $5::int[]) AS b (owner, n)),
      due AS (
        SELECT m.id, m.host, m.owner, m.next_at FROM messages m
        WHERE m.ended_at IS NULL AND m.next_at <= now()
          AND NOT EXISTS (SELECT FROM hosts WHERE hosts.host = m.host AND hosts.n >= $3)
          AND NOT EXISTS (SELECT FROM owners WHERE owners.owner = m.owner AND owners.n >= $6)
        ORDER BY m.next_at LIMIT 1000),
      ranked AS (
        SELECT due.id, due.next_at, coalesce(hosts.n, 0)
          + row_number() OVER (PARTITION BY due.host ORDER BY due.next_at, due.id) AS of_host,
          coalesce(owners.n, 0)
          + row_number() OVER (PARTITION BY due.owner ORDER BY due.next_at, due.id) AS of_owner
        FROM due LEFT JOIN hosts USING (host) LEFT JOIN owners USING (owner)),
      chosen AS (
        SELECT m.id FROM messages m
        WHERE m.id = ANY (ARRAY(
            SELECT id FROM ranked WHERE of_host <= $3 AND of_owner <= $6
            ORDER BY next_at LIMIT $7))
          AND m.ended_at IS NULL AND m.next_at <= now()
        FOR UPDATE SKIP LOCKED)
      UPDATE messages m SET tries = m.tries + 1, next_at = now() + $8 * interval '1 ms'
      FROM chosen, subscriptions s WHERE m.id = chosen.id AND s.id = m.subscription_id
      RETURNING m.id, m.subscription_id, m.owner, m.host, m.tries, m.body, m.urgency, m.topic,
        m.anyway, s.sealed,
        (extract(epoch FROM m.expires_at - now()) * 1000)::bigint AS left_millis""";

  private static final String NEXT =
      """
      SELECT (extract(epoch FROM next_at - now()) * 1000)::bigint FROM messages
      WHERE ended_at IS NULL ORDER BY next_at LIMIT 1""";

  private static final String END =
      "UPDATE messages SET body = NULL, ended_at = now()"
          + " WHERE id = $1 AND tries = $2 AND ended_at IS NULL";

  private final Pool pool;
  private final Subscriptions subscriptions;

  Turns(Pool pool, Subscriptions subscriptions) {
    this.pool = pool;
    this.subscriptions = subscriptions;
  }

  /**
   * A message that is this node's for now.
   *
   * @param tries this one included; tells the turn from those before
   * @param topic null where nothing takes its place
   * @param anyway whether it is sent though its owner is live
   * @param left until it is too old
   * @param target null where that cannot be read
   */
  record Taken(
      UUID id,
      UUID subscription,
      String owner,
      String host,
      int tries,
      String body,
      String urgency,
      String topic,
      boolean anyway,
      Duration left,
      Target target) {}

  /**
   * What a node has room for.
   *
   * @param hosts what is under way for each,
   * @param perHost and how much may be; so with owners
   */
  record Room(Lanes hosts, int perHost, Lanes owners, int perOwner, int most) {}

  /**
   * Takes some that are due.
   *
   * @param lost when one that is not settled is due again
   */
  Future<List<Taken>> take(Room room, Duration lost) {
    Tuple values =
        Tuple.tuple()
            .addArrayOfString(room.hosts.names())
            .addArrayOfInteger(room.hosts.counts())
            .addInteger(room.perHost)
            .addArrayOfString(room.owners.names())
            .addArrayOfInteger(room.owners.counts())
            .addInteger(room.perOwner)
            .addInteger(room.most)
            .addLong(lost.toMillis());
    return pool.preparedQuery(TAKE)
        .execute(values)
        .map(
            rows -> {
              List<Taken> taken = new ArrayList<>();
              for (Row row : rows) taken.add(taken(row));
              return taken;
            });
  }

  private Taken taken(Row row) {
    UUID subscription = row.getUUID("subscription_id");
    Buffer sealed = row.getBuffer("sealed");
    return new Taken(
        row.getUUID("id"),
        subscription,
        row.getString("owner"),
        row.getString("host"),
        row.getInteger("tries"),
        row.getString("body"),
        row.getString("urgency"),
        row.getString("topic"),
        row.getBoolean("anyway"),
        Duration.ofMillis(row.getLong("left_millis")),
        subscriptions.opened(subscription, sealed));
  }

  /** How long until one is due, negative where one is; null where none waits. */
  Future<Long> next() {
    return pool.query(NEXT)
        .execute()
        .map(rows -> rows.size() == 0 ? null : rows.iterator().next().getLong(0));
  }

  /** There is nothing more to do about it. */
  Future<Void> end(Taken taken) {
    return pool.preparedQuery(END).execute(Tuple.of(taken.id, taken.tries)).mapEmpty();
  }

  /** The push service has taken it. */
  Future<Void> sent(Taken taken) {
    String well =
        "UPDATE subscriptions SET sent_at = now(), failing_since = NULL, quiet_until = NULL"
            + " WHERE id = $1";
    return pool.withTransaction(
        tx ->
            tx.preparedQuery(well)
                .execute(Tuple.of(taken.subscription))
                .compose(done -> tx.preparedQuery(END).execute(Tuple.of(taken.id, taken.tries)))
                .mapEmpty());
  }

  /** The subscription is no more, nor is what waits for it. */
  Future<Void> gone(Taken taken) {
    return pool.preparedQuery("DELETE FROM subscriptions WHERE id = $1")
        .execute(Tuple.of(taken.subscription))
        .mapEmpty();
  }

  /**
   * The push service has failed.
   *
   * @param wait until it is sent again; null where it is not
   * @param all whether whatever is for this subscription waits as long
   */
  Future<Void> failed(Taken taken, Duration wait, boolean all) {
    String failing =
        "UPDATE subscriptions SET failing_since = coalesce(failing_since, now()) WHERE id = $1";
    return pool.withTransaction(
        tx ->
            tx.preparedQuery(failing)
                .execute(Tuple.of(taken.subscription))
                .compose(done -> wait == null ? ended(tx, taken) : waits(tx, taken, wait))
                .compose(
                    done ->
                        all && wait != null ? quiet(tx, taken, wait) : Future.succeededFuture()));
  }

  private static Future<Void> ended(SqlConnection tx, Taken taken) {
    return tx.preparedQuery(END).execute(Tuple.of(taken.id, taken.tries)).mapEmpty();
  }

  private static Future<Void> waits(SqlConnection tx, Taken taken, Duration wait) {
    String again =
        "UPDATE messages SET next_at = now() + $3 * interval '1 ms'"
            + " WHERE id = $1 AND tries = $2 AND ended_at IS NULL";
    return tx.preparedQuery(again)
        .execute(Tuple.of(taken.id, taken.tries, wait.toMillis()))
        .mapEmpty();
  }

  private static Future<Void> quiet(SqlConnection tx, Taken taken, Duration wait) {
    Tuple values = Tuple.of(taken.subscription, wait.toMillis());
    String quiet =
        "UPDATE subscriptions SET quiet_until = now() + $2 * interval '1 ms' WHERE id = $1";
    String others =
        "UPDATE messages SET next_at = now() + $2 * interval '1 ms' WHERE subscription_id = $1"
            + " AND ended_at IS NULL AND next_at < now() + $2 * interval '1 ms'";
    return tx.preparedQuery(quiet)
        .execute(values)
        .compose(done -> tx.preparedQuery(others).execute(values))
        .mapEmpty();
  }

  /** Removes what ended so long ago that nobody tells it again. */
  Future<Void> sweep(Duration keep) {
    String sql =
        "DELETE FROM messages WHERE id IN (SELECT id FROM messages"
            + " WHERE ended_at < now() - $1 * interval '1 ms' LIMIT $2 FOR UPDATE SKIP LOCKED)";
    return pool.preparedQuery(sql).execute(Tuple.of(keep.toMillis(), MOST_SWEPT)).mapEmpty();
  }
}
