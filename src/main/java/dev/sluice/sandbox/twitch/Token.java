package dev.sluice.sandbox.twitch;

import java.util.List;

/**
 * An access token.
 *
 * @param user null for an app token
 * @param expiresAt in milliseconds of the epoch
 */
record Token(String value, String clientId, User user, List<String> scopes, long expiresAt) {

  boolean ofApp() {
    return user == null;
  }
}
