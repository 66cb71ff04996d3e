package dev.sluice.webhook;

import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/**
 * Where a user has events told to.
 *
 * @param everybody whether it hears of everybody's events; else of its owner's
 * @param events patterns of those that it hears of
 * @param disabledReason why it was disabled; null where it is active, or its owner switched it off
 * @param failingSince when the first attempt failed since one succeeded; null after a success
 */
public record Webhook(
    UUID id,
    String owner,
    boolean everybody,
    String url,
    List<String> events,
    String description,
    boolean active,
    String disabledReason,
    Instant failingSince,
    Instant createdAt,
    Instant updatedAt) {
  static final String COLUMNS =
      "id, owner, everybody, url, events, description, active, disabled_reason, failing_since,"
          + " created_at, updated_at";

  static Webhook of(Row row) {
    return new Webhook(
        row.getUUID("id"),
        row.getString("owner"),
        row.getBoolean("everybody"),
        row.getString("url"),
        List.of(row.getArrayOfStrings("events")),
        row.getString("description"),
        row.getBoolean("active"),
        row.getString("disabled_reason"),
        instant(row, "failing_since"),
        instant(row, "created_at"),
        instant(row, "updated_at"));
  }

  static Instant instant(Row row, String column) {
    OffsetDateTime time = row.getOffsetDateTime(column);
    return time == null ? null : time.toInstant();
  }
}
