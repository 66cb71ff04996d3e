package dev.sluice.webhook;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.store.SealedColumn;
import dev.sluice.store.Secrets;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Webhooks as they are kept. Where an owner is asked for, null is anybody. */
final class Subscriptions {
  static final List<SealedColumn> SEALED =
      List.of(
          new SealedColumn("webhooks", "id", "sealed", Subscriptions::boundTo),
          new SealedColumn("webhooks", "id", "old_sealed", Subscriptions::boundTo));

  private final Pool pool;
  private final Secrets secrets;

  Subscriptions(Pool pool, Secrets secrets) {
    this.pool = pool;
    this.secrets = secrets;
  }

  /** Makes one, where the owner has fewer than so many; of those who ask at once, in turn. */
  Future<Webhook> add(Webhooks.Wish wish, String host, Secret secret, int most) {
    UUID id = UUID.randomUUID();
    String insert =
        "INSERT INTO webhooks (id, owner, everybody, url, host, events, description, sealed)"
            + " SELECT $1, $2, $3, $4, $5, $6, $7, $8"
            + " WHERE (SELECT count(*) FROM webhooks WHERE owner = $2) < $9 RETURNING "
            + Webhook.COLUMNS;
    Tuple values =
        Tuple.of(id, wish.owner(), wish.everybody(), wish.url(), host)
            .addArrayOfString(wish.events().toArray(String[]::new))
            .addString(wish.description())
            .addBuffer(sealed(id, secret))
            .addInteger(most);
    return pool.withTransaction(
        tx ->
            tx.preparedQuery("SELECT pg_advisory_xact_lock(hashtextextended($1, 5))")
                .execute(Tuple.of(wish.owner()))
                .compose(alone -> tx.preparedQuery(insert).execute(values))
                .map(rows -> rows.size() == 0 ? tooMany(most) : one(rows)));
  }

  Future<List<Webhook>> list(String owner, Cursor after, int limit) {
    String sql =
        "SELECT "
            + Webhook.COLUMNS
            + " FROM webhooks WHERE ($1::text IS NULL OR owner = $1)"
            + " AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))"
            + " ORDER BY created_at DESC, id DESC LIMIT $4";
    return pool.preparedQuery(sql)
        .execute(
            Tuple.of(
                owner,
                after == null ? null : after.time().atOffset(ZoneOffset.UTC),
                after == null ? null : after.id(),
                limit))
        .map(
            rows -> {
              List<Webhook> all = new ArrayList<>();
              for (Row row : rows) all.add(Webhook.of(row));
              return all;
            });
  }

  Future<Webhook> find(UUID id, String owner) {
    String sql =
        "SELECT "
            + Webhook.COLUMNS
            + " FROM webhooks WHERE id = $1 AND ($2::text IS NULL OR owner = $2)";
    return pool.preparedQuery(sql).execute(Tuple.of(id, owner)).map(Subscriptions::one);
  }

  /** Lays what is given over it; to switch it off gives up what waits for it. */
  Future<Webhook> change(UUID id, String owner, Webhooks.Change change, String host) {
    String sql =
        "WITH changed AS (UPDATE webhooks SET url = coalesce($3, url), host = coalesce($4, host),"
            + " events = coalesce($5, events), description = coalesce($6, description),"
            + " active = coalesce($7, active),"
            + " disabled_reason = CASE WHEN $7 IS NULL THEN disabled_reason END,"
            + " failing_since = CASE WHEN $7 THEN NULL ELSE failing_since END, updated_at = now()"
            + " WHERE id = $1 AND ($2::text IS NULL OR owner = $2) RETURNING "
            + Webhook.COLUMNS
            + "), dropped AS ("
            + Deliveries.dropping("(SELECT id FROM changed WHERE NOT active)", "$8")
            + ") SELECT * FROM changed";
    List<String> events = change.events();
    return pool.preparedQuery(sql)
        .execute(
            Tuple.of(id, owner, change.url(), host)
                .addArrayOfString(events == null ? null : events.toArray(String[]::new))
                .addString(change.description())
                .addBoolean(change.active())
                .addString("The webhook was switched off"))
        .map(Subscriptions::one);
  }

  Future<Void> remove(UUID id, String owner) {
    return pool.preparedQuery(
            "DELETE FROM webhooks WHERE id = $1 AND ($2::text IS NULL OR owner = $2)")
        .execute(Tuple.of(id, owner))
        .map(
            rows -> {
              if (rows.rowCount() == 0) throw unknown();
              return null;
            });
  }

  /** Puts another secret in place; the one before stays good for so long. */
  Future<Webhook> rotate(UUID id, String owner, Secret secret, Duration overlap) {
    String sql =
        "UPDATE webhooks SET sealed = $3, old_sealed = sealed,"
            + " old_until = now() + $4 * interval '1 ms', updated_at = now()"
            + " WHERE id = $1 AND ($2::text IS NULL OR owner = $2) RETURNING "
            + Webhook.COLUMNS;
    return pool.preparedQuery(sql)
        .execute(Tuple.of(id, owner, sealed(id, secret), overlap.toMillis()))
        .map(Subscriptions::one);
  }

  /** How many webhooks and deliveries are gone. */
  Future<long[]> forget(String owner) {
    String sql =
        "WITH gone AS (DELETE FROM webhooks WHERE owner = $1 RETURNING id)"
            + " SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM webhook_deliveries"
            + " WHERE webhook_id IN (SELECT id FROM gone))";
    return pool.preparedQuery(sql)
        .execute(Tuple.of(owner))
        .map(
            rows -> {
              Row row = rows.iterator().next();
              return new long[] {row.getLong(0), row.getLong(1)};
            });
  }

  Secret opened(UUID id, Buffer sealed) {
    return Secret.of(secrets.open(sealed.getBytes(), boundTo(id)));
  }

  private Buffer sealed(UUID id, Secret secret) {
    return Buffer.buffer(secrets.seal(secret.bytes(), boundTo(id)));
  }

  private static String boundTo(Object id) {
    return "webhook " + id;
  }

  private static Webhook one(RowSet<Row> rows) {
    if (rows.size() == 0) throw unknown();
    return Webhook.of(rows.iterator().next());
  }

  static Failure unknown() {
    return Failure.notFound("WEBHOOK_NOT_FOUND", "You have no such webhook.")
        .suggest("GET /webhooks shows those that you have.");
  }

  private static Webhook tooMany(int most) {
    throw Failure.of(
            Category.CONFLICT, "TOO_MANY_WEBHOOKS", "You have as many webhooks as you may.")
        .detail("limit", most)
        .suggest("Remove one, or add events to one that you have.");
  }
}
