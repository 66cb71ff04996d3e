package dev.sluice.webhook;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Deliveries as their webhook's owner sees them. */
final class Deliveries {
  private final Pool pool;

  Deliveries(Pool pool) {
    this.pool = pool;
  }

  /** Gives up all that waits for these webhooks; as part of a statement. */
  static String dropping(String webhooks, String error) {
    return "UPDATE webhook_deliveries SET state = 'failed', next_at = NULL, ended_at = now(),"
        + " error = %s WHERE state = 'pending' AND webhook_id IN %s".formatted(error, webhooks);
  }

  /** The newest first; {@code state} may be null. */
  Future<List<Delivery>> list(UUID webhook, String state, Cursor after, int limit) {
    String sql =
        "SELECT "
            + Delivery.COLUMNS
            + " FROM webhook_deliveries WHERE webhook_id = $1 AND ($2::text IS NULL OR state = $2)"
            + " AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))"
            + " ORDER BY created_at DESC, id DESC LIMIT $5";
    return pool.preparedQuery(sql)
        .execute(
            Tuple.of(
                webhook,
                state,
                after == null ? null : after.time().atOffset(ZoneOffset.UTC),
                after == null ? null : after.id(),
                limit))
        .compose(this::withAttempts);
  }

  Future<Delivery> find(UUID webhook, UUID id) {
    String sql =
        "SELECT " + Delivery.COLUMNS + " FROM webhook_deliveries WHERE webhook_id = $1 AND id = $2";
    return pool.preparedQuery(sql)
        .execute(Tuple.of(webhook, id))
        .compose(this::withAttempts)
        .map(Deliveries::one);
  }

  /** Begins its schedule anew, whatever became of it. */
  Future<Delivery> replay(UUID webhook, UUID id) {
    String sql =
        "WITH begun AS (UPDATE webhook_deliveries SET state = 'pending', tries = 0, error = NULL,"
            + " starts_at = now(), next_at = now(), ended_at = NULL"
            + " WHERE webhook_id = $1 AND id = $2 RETURNING "
            + Delivery.COLUMNS
            + ") SELECT *, pg_notify('webhooks', '') FROM begun";
    return pool.preparedQuery(sql)
        .execute(Tuple.of(webhook, id))
        .compose(this::withAttempts)
        .map(Deliveries::one);
  }

  /**
   * Removes those that ended so long ago, and gives up what came for a webhook as it was switched
   * off.
   */
  Future<Void> sweep(Duration keep) {
    return pool.preparedQuery(
            "DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries"
                + " WHERE state <> 'pending' AND ended_at < now() - $1 * interval '1 ms'"
                + " LIMIT 10000)")
        .execute(Tuple.of(keep.toMillis()))
        .compose(
            done ->
                pool.preparedQuery(dropping("(SELECT id FROM webhooks WHERE NOT active)", "$1"))
                    .execute(Tuple.of("The webhook was switched off")))
        .mapEmpty();
  }

  private Future<List<Delivery>> withAttempts(RowSet<Row> rows) {
    List<UUID> ids = new ArrayList<>();
    for (Row row : rows) ids.add(row.getUUID("id"));
    return attempts(pool, ids)
        .map(
            attempts -> {
              List<Delivery> all = new ArrayList<>();
              for (Row row : rows) {
                all.add(Delivery.of(row, attempts.getOrDefault(row.getUUID("id"), List.of())));
              }
              return all;
            });
  }

  private static Future<Map<UUID, List<Attempt>>> attempts(SqlClient client, List<UUID> ids) {
    if (ids.isEmpty()) return Future.succeededFuture(Map.of());
    return client
        .preparedQuery("SELECT * FROM webhook_attempts WHERE delivery_id = ANY ($1) ORDER BY id")
        .execute(Tuple.tuple().addArrayOfUUID(ids.toArray(UUID[]::new)))
        .map(
            rows -> {
              Map<UUID, List<Attempt>> all = new HashMap<>();
              for (Row row : rows) {
                all.computeIfAbsent(row.getUUID("delivery_id"), id -> new ArrayList<>())
                    .add(
                        new Attempt(
                            Webhook.instant(row, "at"),
                            row.getInteger("millis"),
                            row.getInteger("status"),
                            row.getString("answer"),
                            row.getString("error")));
              }
              return all;
            });
  }

  private static Delivery one(List<Delivery> found) {
    if (!found.isEmpty()) return found.get(0);
    throw Failure.notFound("DELIVERY_NOT_FOUND", "This webhook has no such delivery.")
        .suggest("GET /webhooks/{id}/deliveries shows those that are kept.");
  }

  static Failure off() {
    return Failure.of(Category.CONFLICT, "WEBHOOK_OFF", "This webhook is not active.")
        .suggest("PATCH it with {\"active\": true} first.");
  }
}
