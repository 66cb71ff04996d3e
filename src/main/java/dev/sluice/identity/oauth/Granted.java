package dev.sluice.identity.oauth;

import io.vertx.core.json.JsonObject;

/**
 * What a provider's token endpoint has given (RFC 6749 §5.1).
 *
 * @param token for the client
 * @param refreshToken null where there is none
 * @param idToken null where there is none
 */
public record Granted(ProviderToken token, String refreshToken, String idToken) {

  /** Reads an answer. Throws {@link IllegalArgumentException} where it is none. */
  static Granted of(JsonObject answer) {
    String access = text(answer, "access_token");
    if (access == null) throw new IllegalArgumentException("it gave no access_token");
    String type = text(answer, "token_type");
    ProviderToken token =
        new ProviderToken(
            access, seconds(answer), type == null ? "Bearer" : type, text(answer, "scope"));
    return new Granted(token, text(answer, "refresh_token"), text(answer, "id_token"));
  }

  private static String text(JsonObject answer, String name) {
    Object value = answer.getValue(name);
    if (value == null) return null;
    if (value instanceof String text) return text.isEmpty() ? null : text;
    throw new IllegalArgumentException("its " + name + " is no text");
  }

  /** A number, which some write as a text; 0 where it is not said. */
  private static long seconds(JsonObject answer) {
    Object value = answer.getValue("expires_in");
    if (value instanceof Number number) return Math.max(0, number.longValue());
    boolean written = value instanceof String text && text.matches("[0-9]{1,9}");
    return written ? Long.parseLong((String) value) : 0;
  }

  /** Of secrets. */
  @Override
  public String toString() {
    return "Granted[" + token + "]";
  }
}
