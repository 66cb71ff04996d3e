package dev.sluice.identity.audit;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Reads the audit log, and forgets users in it. */
public final class AuditLog {
  private final Pool pool;

  public AuditLog(Pool pool) {
    this.pool = pool;
  }

  /**
   * What is looked for; null is anything. Of the time {@code from} is within, {@code to} is not.
   */
  public record Filter(
      UUID user,
      String action,
      String resource,
      String resourceId,
      String result,
      Instant from,
      Instant to) {}

  /** Where a page ended. */
  public record Cursor(Instant time, UUID id) {}

  /** A page, the newest first. */
  public Future<List<Entry>> page(Filter filter, Cursor after, int limit) {
    String sql =
        "SELECT * FROM audit_logs WHERE ($1::uuid IS NULL OR user_id = $1)"
            + " AND ($2::text IS NULL OR action = $2) AND ($3::text IS NULL OR resource = $3)"
            + " AND ($4::text IS NULL OR result = $4)"
            + " AND ($5::timestamptz IS NULL OR \"timestamp\" >= $5)"
            + " AND ($6::timestamptz IS NULL OR \"timestamp\" < $6)"
            + " AND ($7::timestamptz IS NULL OR (\"timestamp\", id) < ($7, $8::uuid))"
            + " AND ($10::text IS NULL OR resource_id = $10)"
            + " ORDER BY \"timestamp\" DESC, id DESC LIMIT $9";
    Tuple values =
        Tuple.of(filter.user, filter.action, filter.resource, filter.result)
            .addOffsetDateTime(utc(filter.from))
            .addOffsetDateTime(utc(filter.to))
            .addOffsetDateTime(after == null ? null : utc(after.time))
            .addUUID(after == null ? null : after.id)
            .addInteger(limit)
            .addString(filter.resourceId);
    return pool.preparedQuery(sql)
        .execute(values)
        .map(
            rows -> {
              List<Entry> entries = new ArrayList<>();
              rows.forEach(row -> entries.add(entry(row)));
              return entries;
            });
  }

  private static OffsetDateTime utc(Instant time) {
    return time == null ? null : time.atOffset(ZoneOffset.UTC);
  }

  private static Entry entry(Row row) {
    return new Entry(
        row.getUUID("id"),
        row.getUUID("user_id"),
        row.getString("action"),
        row.getString("resource"),
        row.getString("resource_id"),
        row.getString("result"),
        row.getJsonObject("details").getMap(),
        row.getString("ip_address"),
        row.getString("user_agent"),
        row.getOffsetDateTime("timestamp").toInstant());
  }

  /** What a user has done stays, without whose it was; how many entries. */
  public Future<Long> forget(UUID user) {
    return pool.preparedQuery("SELECT forget_in_audit($1)")
        .execute(Tuple.of(user))
        .map(rows -> rows.iterator().next().getLong(0));
  }
}
