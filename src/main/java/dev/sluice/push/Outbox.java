package dev.sluice.push;

import dev.sluice.bus.Event;
import dev.sluice.bus.EventPattern;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;

/** Turns an event into a message for each browser that is told of it, and wakes those who send. */
final class Outbox {
  /** What is told (NOTIFY) when there is something to be sent. */
  static final String CHANNEL = "push";

  private static final int MOST_WAITING = 100; // for one browser: more than anybody looks at

  /**
   * With the schema's name: it is asked on connections of others, too. A subscription that is just
   * being removed must not make somebody's transaction fail, so they are locked, in order.
   */
  private static final String INSERT =
      """
      WITH hearing AS (
        SELECT s.id, s.owner, s.host, s.quiet_until FROM push.subscriptions s
        WHERE s.owner = $1 AND ($2 OR s.events && $3)
          AND (s.expires_at IS NULL OR s.expires_at > now())
          AND NOT EXISTS (
            SELECT FROM push.messages m WHERE m.subscription_id = s.id AND m.event = $4)
        ORDER BY s.id FOR KEY SHARE),
      replaced AS (
        UPDATE push.messages m SET body = NULL, ended_at = now() FROM hearing h
        WHERE m.subscription_id = h.id AND m.ended_at IS NULL AND m.topic = $7
        RETURNING m.id),
      crowded AS (
        SELECT h.id FROM hearing h WHERE $9 <= (
          SELECT count(*) FROM push.messages m
          WHERE m.subscription_id = h.id AND m.ended_at IS NULL
            AND ($7::text IS NULL OR m.topic IS DISTINCT FROM $7))),
      made AS (
        INSERT INTO push.messages
          (subscription_id, owner, host, event, body, urgency, topic, anyway, next_at, expires_at)
        SELECT h.id, h.owner, h.host, $4, $5, $6, $7, $2, greatest(now(), h.quiet_until),
          now() + $8 * interval '1 ms'
        FROM hearing h WHERE h.id NOT IN (SELECT id FROM crowded)
        ON CONFLICT (subscription_id, event) DO NOTHING RETURNING id)
      SELECT (SELECT count(pg_notify('push', '')::text) FROM made)::int AS made,
        (SELECT count(*) FROM crowded)::int AS crowded,
        (SELECT count(*) FROM replaced)::int AS replaced""";

  private Outbox() {}

  /**
   * How many are to be told.
   *
   * @param crowded for whom as many wait already as may
   * @param replaced how many waited that it takes the place of; they stay as what has ended, so
   *     that one that is told again does not take the place of a newer one
   */
  record Put(int made, int crowded, int replaced) {}

  /**
   * For those who hear of it, and have not been told of it yet.
   *
   * @param anyway for all that its owner has, though they hear of other events or somebody is live
   * @return fails with {@link IllegalArgumentException} where it is no event
   */
  static Future<Put> put(SqlClient client, Event event, EventSettings how, boolean anyway) {
    Tuple values;
    try {
      values =
          Tuple.of(event.owner(), anyway)
              .addArrayOfString(EventPattern.having(EventPattern.name(event.type())))
              .addString(event.id())
              .addString(Payload.of(event))
              .addString(how.urgency().word())
              .addString(how.replaceable() ? Payload.topic(event) : null)
              .addLong(how.ttl().toMillis())
              .addInteger(MOST_WAITING);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
    return client
        .preparedQuery(INSERT)
        .execute(values)
        .map(
            rows -> {
              Row row = rows.iterator().next();
              return new Put(
                  row.getInteger("made"), row.getInteger("crowded"), row.getInteger("replaced"));
            });
  }
}
