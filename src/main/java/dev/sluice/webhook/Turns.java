package dev.sluice.webhook;

import dev.sluice.bus.Event;
import dev.sluice.call.Ids;
import dev.sluice.outward.Lanes;
import dev.sluice.store.NotSealedHere;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose turn it is: deliveries that are due are taken by one node at a time, and one that was taken
 * and never settled, because its node is gone, is due again after a while. A webhook is locked
 * before its deliveries, everywhere.
 */
final class Turns {
  private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

  private static final String TOO_LONG = "Nothing has been delivered for too long";

  /** Goes from webhook to webhook, and at each no further than it may: a backlog costs nothing. */
  private static final String TAKE =
      """
      WITH RECURSIVE busy AS (SELECT * FROM unnest($1::text[], $2::int[]) AS b (host, n)),
      busier AS (SELECT * FROM unnest($4::text[], $5::int[]) AS b (owner, n)),
      waiting AS (
        (SELECT webhook_id FROM webhook_deliveries WHERE state = 'pending'
          ORDER BY webhook_id LIMIT 1)
        UNION ALL
        SELECT (SELECT d.webhook_id FROM webhook_deliveries d
          WHERE d.state = 'pending' AND d.webhook_id > waiting.webhook_id
          ORDER BY d.webhook_id LIMIT 1)
        FROM waiting WHERE waiting.webhook_id IS NOT NULL),
      due AS (
        SELECT d.id, d.next_at, coalesce(busy.n, 0)
          + row_number() OVER (PARTITION BY w.owner, w.host ORDER BY d.next_at) AS of_host,
          coalesce(busier.n, 0)
          + row_number() OVER (PARTITION BY w.owner ORDER BY d.next_at) AS of_owner
        FROM waiting JOIN webhooks w ON w.id = waiting.webhook_id
        LEFT JOIN busy ON busy.host = w.owner || ' ' || w.host
        LEFT JOIN busier ON busier.owner = w.owner
        CROSS JOIN LATERAL (
          SELECT d.id, d.next_at FROM webhook_deliveries d
          WHERE d.webhook_id = w.id AND d.state = 'pending' AND d.next_at <= now()
          ORDER BY d.next_at LIMIT greatest(0, $3 - coalesce(busy.n, 0))) d
        WHERE w.active),
      chosen AS (
        SELECT d.id FROM webhook_deliveries d
        WHERE d.id = ANY (ARRAY(
            SELECT id FROM due WHERE of_host <= $3 AND of_owner <= $6
            ORDER BY next_at LIMIT $7))
          AND d.state = 'pending' AND d.next_at <= now()
        FOR UPDATE SKIP LOCKED)
      UPDATE webhook_deliveries d
      SET tries = d.tries + 1, turn = d.turn + 1, next_at = now() + $8 * interval '1 ms'
      FROM chosen, webhooks w WHERE d.id = chosen.id AND w.id = d.webhook_id
      RETURNING d.id, d.webhook_id, d.tries, d.turn, d.message, d.body, w.url, w.host,
        w.owner, w.everybody, w.sealed,
        CASE WHEN w.old_until > now() THEN w.old_sealed END AS old_sealed,
        (extract(epoch FROM now() - d.starts_at) * 1000)::bigint AS age""";

  private static final String NEXT =
      """
      SELECT (extract(epoch FROM next_at - now()) * 1000)::bigint FROM webhook_deliveries
      WHERE state = 'pending' ORDER BY next_at LIMIT 1""";

  private final Pool pool;
  private final Subscriptions webhooks;

  Turns(Pool pool, Subscriptions webhooks) {
    this.pool = pool;
    this.webhooks = webhooks;
  }

  /**
   * A delivery that is this node's for now.
   *
   * @param tries of its schedule, this one included
   * @param turn tells it from those before, and from those of another schedule
   * @param age how long ago its schedule began
   */
  record Taken(
      UUID id,
      UUID webhook,
      String owner,
      boolean everybody,
      String host,
      int tries,
      int turn,
      Duration age,
      Message message) {

    /** Nobody waits for another's receivers, though they be on one host. */
    String lane() {
      return owner + " " + host;
    }
  }

  /** A webhook that has just been disabled. */
  record Disabled(UUID id, String owner, String reason) {}

  /**
   * What a node has room for.
   *
   * @param hosts what is under way for each host of each owner's, {@link Taken#lane},
   * @param perHost and how much may be
   * @param owners what is under way for each owner,
   * @param perOwner and how much may be
   * @param most how many it can take in all
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
    UUID webhook = row.getUUID("webhook_id");
    Message message =
        new Message(
            row.getString("message"),
            row.getString("body"),
            row.getString("url"),
            secrets(webhook, row));
    return new Taken(
        row.getUUID("id"),
        webhook,
        row.getString("owner"),
        row.getBoolean("everybody"),
        row.getString("host"),
        row.getInteger("tries"),
        row.getInteger("turn"),
        Duration.ofMillis(row.getLong("age")),
        message);
  }

  /** The one in use first; none where they were sealed with keys that are gone. */
  private List<Secret> secrets(UUID webhook, Row row) {
    List<Secret> secrets = new ArrayList<>();
    try {
      secrets.add(webhooks.opened(webhook, row.getBuffer("sealed")));
      Buffer old = row.getBuffer("old_sealed");
      if (old != null) secrets.add(webhooks.opened(webhook, old));
    } catch (NotSealedHere e) {
      LOG.error("the secret of webhook {} cannot be read with this keyset", webhook);
    }
    return secrets;
  }

  /** How long until one is due, negative where one is; null where none waits. */
  Future<Long> next() {
    return pool.query(NEXT)
        .execute()
        .map(rows -> rows.size() == 0 ? null : rows.iterator().next().getLong(0));
  }

  Future<Void> delivered(Taken taken, Attempt attempt) {
    String healthy =
        "UPDATE webhooks SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL";
    String done =
        "UPDATE webhook_deliveries SET state = 'delivered', next_at = NULL, ended_at = now(),"
            + " error = NULL WHERE id = $1 AND turn = $2 AND state = 'pending'";
    return pool.withTransaction(
        tx ->
            tx.preparedQuery(healthy)
                .execute(Tuple.of(taken.webhook))
                .compose(well -> tx.preparedQuery(done).execute(Tuple.of(taken.id, taken.turn)))
                .compose(ended -> note(tx, taken, attempt)));
  }

  /**
   * Has it tried again.
   *
   * @param delay null where it is not
   * @param disableAfter a webhook that has failed for so long is disabled, and given back; else the
   *     result is null
   * @param reason why it is disabled now; or null
   */
  Future<Disabled> failed(
      Taken taken, Attempt attempt, Duration delay, Duration disableAfter, String reason) {
    String failing =
        "UPDATE webhooks SET failing_since = coalesce(failing_since, now()) WHERE id = $1"
            + " RETURNING failing_since <= now() - $2 * interval '1 ms'";
    String again =
        "UPDATE webhook_deliveries SET error = $3, next_at = now() + $4 * interval '1 ms'"
            + " WHERE id = $1 AND turn = $2 AND state = 'pending'";
    String spent =
        "UPDATE webhook_deliveries SET error = $3, state = 'failed', next_at = NULL,"
            + " ended_at = now() WHERE id = $1 AND turn = $2 AND state = 'pending'";
    Tuple values = Tuple.of(taken.id, taken.turn, attempt.error());
    if (delay != null) values.addLong(delay.toMillis());
    return pool.withTransaction(
        tx ->
            tx.preparedQuery(failing)
                .execute(Tuple.of(taken.webhook, disableAfter.toMillis()))
                .compose(
                    rows -> {
                      boolean there = rows.size() > 0;
                      boolean lasts = there && rows.iterator().next().getBoolean(0);
                      String why = reason == null && lasts ? TOO_LONG : reason;
                      return tx.preparedQuery(delay == null ? spent : again)
                          .execute(values)
                          .compose(done -> note(tx, taken, attempt))
                          .compose(
                              done ->
                                  why == null
                                      ? Future.succeededFuture()
                                      : disable(tx, taken.webhook, why));
                    }));
  }

  private static Future<Void> note(SqlConnection tx, Taken taken, Attempt attempt) {
    return tx.preparedQuery(
            "INSERT INTO webhook_attempts (delivery_id, at, millis, status, answer, error)"
                + " SELECT id, $2, $3, $4, $5, $6 FROM webhook_deliveries WHERE id = $1")
        .execute(
            Tuple.of(taken.id, attempt.at().atOffset(ZoneOffset.UTC), attempt.durationMs())
                .addInteger(attempt.status())
                .addString(attempt.answer())
                .addString(attempt.error()))
        .mapEmpty();
  }

  /** Disables it, gives up what waits for it, and tells its owner's others. */
  private static Future<Disabled> disable(SqlConnection tx, UUID webhook, String reason) {
    String off =
        "UPDATE webhooks SET active = false, disabled_reason = $2, updated_at = now()"
            + " WHERE id = $1 AND active RETURNING owner, description";
    return tx.preparedQuery(off)
        .execute(Tuple.of(webhook, reason))
        .compose(
            rows -> {
              if (rows.size() == 0) return Future.succeededFuture();
              Row row = rows.iterator().next();
              Map<String, Object> data = new LinkedHashMap<>();
              data.put("webhook", webhook.toString());
              data.put("description", row.getString("description"));
              data.put("reason", reason);
              String owner = row.getString("owner");
              Event event = new Event(Ids.next(), "webhook.disabled", owner, data, Instant.now());
              return tx.preparedQuery(Deliveries.dropping("($1)", "$2"))
                  .execute(Tuple.of(webhook, "The webhook was disabled"))
                  .compose(done -> Outbox.put(tx, event, Schedule.AT_ONCE))
                  .map(told -> new Disabled(webhook, owner, reason));
            });
  }
}
