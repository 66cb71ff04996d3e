package dev.sluice.identity.user;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * A user (seed 003).
 *
 * @param email in its canonical form; null where none has been proved
 * @param auth0Id the subject that an outside issuer knows this user by; null where none does
 * @param roles what administrators have made of this user
 * @param lastLoginAt null before the first time
 */
public record User(
    UUID id,
    String email,
    String auth0Id,
    Tier tier,
    Profile profile,
    List<String> roles,
    Instant createdAt,
    Instant updatedAt,
    Instant lastLoginAt,
    @JsonProperty("isActive") boolean isActive) {

  /** What the columns of a user are read by. */
  static final String COLUMNS =
      "u.id, u.email, u.tier, u.profile, u.roles, u.created_at, u.updated_at, u.last_login_at,"
          + " u.is_active, (SELECT min(i.subject) FROM identities i WHERE i.user_id = u.id"
          + " AND i.issuer LIKE 'issuer:%') AS auth0_id";

  static User of(Row row) {
    String[] roles = row.getArrayOfStrings("roles");
    return new User(
        row.getUUID("id"),
        row.getString("email"),
        row.getString("auth0_id"),
        Tier.of(row.getString("tier")),
        Profile.of(
            row.getJsonObject("profile") == null ? new JsonObject() : row.getJsonObject("profile")),
        Arrays.asList(roles),
        instant(row, "created_at"),
        instant(row, "updated_at"),
        instant(row, "last_login_at"),
        row.getBoolean("is_active"));
  }

  private static Instant instant(Row row, String column) {
    OffsetDateTime time = row.getOffsetDateTime(column);
    return time == null ? null : time.toInstant();
  }
}
