package dev.sluice.webhook;

import dev.sluice.bus.Event;
import dev.sluice.bus.EventPattern;
import io.vertx.core.Future;
import io.vertx.core.json.Json;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Turns an event into a delivery for each webhook that hears of it, and wakes those who deliver.
 */
final class Outbox {
  /** What is told (NOTIFY) when there is something to be delivered. */
  static final String CHANNEL = "webhooks";

  /**
   * With the schema's name: it is asked on connections of others, too. A webhook that is just being
   * removed must not make somebody's transaction fail, so they are locked, in order.
   */
  private static final String INSERT =
      """
      WITH hearing AS (
        SELECT w.id FROM traffic.webhooks w WHERE w.active AND %s ORDER BY w.id FOR KEY SHARE),
      made AS (
        INSERT INTO traffic.webhook_deliveries (id, webhook_id, message, type, body, next_at)
        SELECT gen_random_uuid(), h.id, $1, $2, $3, now() + $4 * interval '1 ms' FROM hearing h
        ON CONFLICT (webhook_id, message) DO NOTHING RETURNING id)
      SELECT id, pg_notify('webhooks', '') FROM made""";

  private static final String HEARING =
      INSERT.formatted("(w.owner = $5 OR w.everybody) AND w.events && $6");
  private static final String ONE = INSERT.formatted("w.id = $5");

  private Outbox() {}

  /**
   * For those who hear of it, and have not been told of it yet.
   *
   * @param schedule of which the first try counts here
   * @return how many they are; fails with {@link IllegalArgumentException} where it is no event
   */
  static Future<Integer> put(SqlClient client, Event event, Schedule schedule) {
    Tuple values;
    try {
      values =
          message(event, schedule)
              .addString(event.owner())
              .addArrayOfString(EventPattern.having(EventPattern.name(event.type())));
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
    return client.preparedQuery(HEARING).execute(values).map(rows -> rows.size());
  }

  /** For one that is active, whatever it hears of; the delivery's id, or null. */
  static Future<UUID> put(SqlClient client, UUID webhook, Event event, Schedule schedule) {
    return client
        .preparedQuery(ONE)
        .execute(message(event, schedule).addUUID(webhook))
        .map(rows -> rows.size() == 0 ? null : rows.iterator().next().getUUID(0));
  }

  /** Standard Webhooks, "Payload structure". */
  private static Tuple message(Event event, Schedule schedule) {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("type", event.type());
    payload.put("timestamp", event.at());
    payload.put("data", event.data());
    return Tuple.of(
        messageId(event), event.type(), Json.encode(payload), schedule.first().toMillis());
  }

  /** The same where an event is told twice, and at all webhooks. */
  private static String messageId(Event event) {
    UUID name = UUID.nameUUIDFromBytes(event.id().getBytes(StandardCharsets.UTF_8));
    return "msg_" + name.toString().replace("-", "");
  }
}
