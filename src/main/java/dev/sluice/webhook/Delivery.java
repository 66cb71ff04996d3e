package dev.sluice.webhook;

import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * What a webhook is told of one event.
 *
 * @param message the webhook-id that its receiver sees; an event's is the same at all webhooks
 * @param type the event's
 * @param error why the last attempt failed, or why there are no more; null where it is delivered
 * @param nextAttemptAt null where there is none any more
 */
public record Delivery(
    UUID id,
    String message,
    String type,
    String state,
    String error,
    Instant createdAt,
    Instant nextAttemptAt,
    Instant endedAt,
    List<Attempt> attempts) {
  static final String COLUMNS = "id, message, type, state, error, created_at, next_at, ended_at";

  static Delivery of(Row row, List<Attempt> attempts) {
    return new Delivery(
        row.getUUID("id"),
        row.getString("message"),
        row.getString("type"),
        row.getString("state"),
        row.getString("error"),
        Webhook.instant(row, "created_at"),
        Webhook.instant(row, "next_at"),
        Webhook.instant(row, "ended_at"),
        attempts);
  }
}
