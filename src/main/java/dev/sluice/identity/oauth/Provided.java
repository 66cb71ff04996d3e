package dev.sluice.identity.oauth;

import dev.sluice.identity.user.Users;
import io.vertx.core.json.JsonObject;

/**
 * What a provider has given a user.
 *
 * @param provider its name
 * @param way who it is there
 * @param tokens the answer of its token endpoint
 */
public record Provided(String provider, Users.Way way, JsonObject tokens) {
  @Override
  public String toString() {
    return "Provided[" + provider + "]";
  }
}
