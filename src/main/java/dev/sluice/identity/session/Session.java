package dev.sluice.identity.session;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.UUID;

/**
 * A session as its user sees it (seed 003, without its tokens, which nobody keeps).
 *
 * @param method how the user signed in: {@code code}, {@code password}, {@code google}, …
 * @param isActive whether it has not ended yet
 */
public record Session(
    UUID id,
    UUID userId,
    String method,
    Instant createdAt,
    Instant lastUsedAt,
    Instant expiresAt,
    String ipAddress,
    String userAgent,
    @JsonProperty("isActive") boolean isActive) {

  static final String COLUMNS =
      "s.id, s.user_id, s.method, s.created_at, s.turned_at,"
          + " least(s.idle_until, s.expires_at) AS expires_at, s.ip_address, s.user_agent,"
          + " (s.ended_at IS NULL AND least(s.idle_until, s.expires_at) > now()) AS is_active";

  static Session of(Row row) {
    return new Session(
        row.getUUID("id"),
        row.getUUID("user_id"),
        row.getString("method"),
        row.getOffsetDateTime("created_at").toInstant(),
        row.getOffsetDateTime("turned_at").toInstant(),
        row.getOffsetDateTime("expires_at").toInstant(),
        row.getString("ip_address"),
        row.getString("user_agent"),
        row.getBoolean("is_active"));
  }
}
