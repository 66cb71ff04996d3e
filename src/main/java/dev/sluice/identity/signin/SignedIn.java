package dev.sluice.identity.signin;

import dev.sluice.identity.session.Sessions;
import dev.sluice.identity.user.User;

/**
 * What somebody who has signed in is given.
 *
 * @param accessToken to be sent as {@code Authorization: Bearer}
 * @param expiresIn seconds
 * @param csrfToken to be sent as {@code X-CSRF-Token} with what the cookie authenticates
 * @param kept the session and its refresh token, for the cookie
 */
public record SignedIn(
    String accessToken, long expiresIn, String csrfToken, User user, Sessions.Kept kept) {
  @Override
  public String toString() {
    return "SignedIn[" + user.id() + "]";
  }
}
