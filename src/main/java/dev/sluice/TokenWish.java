package dev.sluice;

import dev.sluice.provider.email.EmailAddress;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/**
 * What {@code sluice token} asks for.
 *
 * @param user an e-mail address
 * @param roles beside those that the user has
 * @param lifetime how long it is to be good
 */
record TokenWish(String user, List<String> roles, Duration lifetime) {
  private static final Duration LONGEST = Duration.ofHours(24);

  /** Throws {@link IllegalArgumentException} with what is wrong. */
  TokenWish {
    user = EmailAddress.parse(user).normal();
    roles = List.copyOf(roles);
    for (String role : roles) {
      if (!role.matches("[a-z][a-z0-9_-]{0,39}")) {
        throw new IllegalArgumentException(
            "a role has small letters, digits, _ and - alone: " + role);
      }
    }
    if (lifetime.isNegative() || lifetime.isZero() || lifetime.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("a token is good for longer than 0, and 24h at most");
    }
  }

  /** As it crosses the socket. */
  String text() {
    return new JsonObject()
        .put("user", user)
        .put("roles", new JsonArray(roles))
        .put("millis", lifetime.toMillis())
        .encode();
  }

  static TokenWish parse(String text) {
    JsonObject json = new JsonObject(text);
    List<String> roles = json.getJsonArray("roles").stream().map(String.class::cast).toList();
    return new TokenWish(json.getString("user"), roles, Duration.ofMillis(json.getLong("millis")));
  }
}
