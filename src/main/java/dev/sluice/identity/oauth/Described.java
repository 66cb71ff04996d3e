package dev.sluice.identity.oauth;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.Set;

/** What a provider's discovery document says of it (OpenID Connect Discovery §3). */
record Described(String issuer, String authorization, String token, String keys) {
  private static final Set<String> HERE = Set.of("localhost", "127.0.0.1", "[::1]");

  /** Reads one. Throws {@link IllegalArgumentException} where it is none. */
  static Described of(JsonObject document) {
    return new Described(
        text(document, "issuer"),
        url(document, "authorization_endpoint"),
        url(document, "token_endpoint"),
        url(document, "jwks_uri"));
  }

  private static String text(JsonObject document, String name) {
    if (document.getValue(name) instanceof String text && !text.isEmpty()) return text;
    throw new IllegalArgumentException("its discovery document has no " + name);
  }

  /** By TLS, or without leaving this machine: users and secrets are sent there. */
  private static String url(JsonObject document, String name) {
    String text = text(document, name);
    if (isUrl(text)) return text;
    throw new IllegalArgumentException("its " + name + " is no https URL");
  }

  private static boolean isUrl(String text) {
    try {
      URI url = URI.create(text);
      if (url.getHost() == null || url.getRawUserInfo() != null || url.getRawFragment() != null) {
        return false;
      }
      boolean here = HERE.contains(url.getHost());
      return "https".equals(url.getScheme()) || here && "http".equals(url.getScheme());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
