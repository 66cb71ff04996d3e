package dev.sluice.sandbox.google;

import java.util.List;
import java.util.Map;

/**
 * Google's scopes, of which two have a short and a long name.
 *
 * @see <a href="https://developers.google.com/identity/protocols/oauth2/scopes">Scopes</a>
 */
final class GoogleScopes {

  private static final String API = "https://www.googleapis.com/auth/";
  private static final Map<String, String> LONG =
      Map.of("email", API + "userinfo.email", "profile", API + "userinfo.profile");

  private GoogleScopes() {}

  static boolean exists(String scope) {
    return scope.equals("openid")
        || LONG.containsKey(scope)
        || scope.equals("https://mail.google.com/")
        || scope.startsWith(API) && scope.length() > API.length();
  }

  /** Whether one of these is it, by either name. */
  static boolean has(List<String> scopes, String scope) {
    return scopes.contains(scope) || scopes.contains(LONG.get(scope));
  }

  /** As Google says them back. */
  static String told(List<String> scopes) {
    return String.join(
        " ", scopes.stream().map(scope -> LONG.getOrDefault(scope, scope)).distinct().toList());
  }
}
