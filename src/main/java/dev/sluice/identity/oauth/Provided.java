package dev.sluice.identity.oauth;

import dev.sluice.identity.user.Users;

/**
 * What a provider has given a user.
 *
 * @param provider its name
 * @param way who it is there
 * @param granted the tokens
 */
public record Provided(String provider, Users.Way way, Granted granted) {
  @Override
  public String toString() {
    return "Provided[" + provider + "]";
  }
}
