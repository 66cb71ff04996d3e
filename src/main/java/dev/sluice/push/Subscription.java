package dev.sluice.push;

import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/**
 * A browser that is told of its user's events.
 *
 * @param endpoint null where it was sealed with keys that are gone
 * @param events patterns of those that it is told of
 * @param expirationTime when its push service forgets it; null, nobody knows
 * @param sentAt when its push service took the last message; null, never
 * @param failingSince since when its push service has taken nothing; null after a success
 */
public record Subscription(
    UUID id,
    String endpoint,
    List<String> events,
    Instant expirationTime,
    Instant createdAt,
    Instant sentAt,
    Instant failingSince) {
  static final String COLUMNS =
      "id, sealed, events, expires_at, created_at, sent_at, failing_since";

  static Subscription of(Row row, String endpoint) {
    return new Subscription(
        row.getUUID("id"),
        endpoint,
        List.of(row.getArrayOfStrings("events")),
        instant(row, "expires_at"),
        instant(row, "created_at"),
        instant(row, "sent_at"),
        instant(row, "failing_since"));
  }

  private static Instant instant(Row row, String column) {
    OffsetDateTime time = row.getOffsetDateTime(column);
    return time == null ? null : time.toInstant();
  }
}
