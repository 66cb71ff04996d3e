package dev.sluice.identity.token;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.math.BigInteger;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A public key for signatures (RFC 7517), for each algorithm that it may be used with. */
final class Key {
  private static final int FEWEST_RSA_BITS = 2048; // RFC 7518 §3.3
  private static final Map<String, String> CURVES =
      Map.of("P-256", "ES256", "P-384", "ES384", "P-521", "ES512");

  private final String id;
  private final Map<String, JWTAuth> checks = new HashMap<>();

  private Key(String id) {
    this.id = id;
  }

  /**
   * The key of a JWK; one without algorithms where it is for something else, too weak, or secret.
   *
   * @param algorithms those that its issuer may use
   */
  static Key of(Vertx vertx, JsonObject jwk, List<String> algorithms) {
    Key key = new Key(jwk.getString("kid"));
    if (!"sig".equals(jwk.getString("use", "sig"))) return key;
    for (String algorithm : algorithms) {
      if (!algorithm.equals(jwk.getString("alg", algorithm)) || !fits(jwk, algorithm)) continue;
      key.checks.put(algorithm, check(vertx, jwk, algorithm));
    }
    return key;
  }

  private static boolean fits(JsonObject jwk, String algorithm) {
    return switch (jwk.getString("kty", "")) {
      case "RSA" -> !algorithm.startsWith("ES") && has(jwk, "n", "e") && isStrong(jwk);
      case "EC" -> has(jwk, "crv", "x", "y") && algorithm.equals(CURVES.get(jwk.getString("crv")));
      default -> false;
    };
  }

  private static boolean has(JsonObject jwk, String... members) {
    return Stream.of(members).allMatch(member -> jwk.getValue(member) instanceof String);
  }

  private static boolean isStrong(JsonObject jwk) {
    byte[] bytes = Base64.getUrlDecoder().decode(jwk.getString("n"));
    return new BigInteger(1, bytes).bitLength() >= FEWEST_RSA_BITS;
  }

  /** Times are judged elsewhere. */
  private static JWTAuth check(Vertx vertx, JsonObject jwk, String algorithm) {
    JsonObject open = new JsonObject().put("alg", algorithm);
    for (String member : List.of("kty", "kid", "n", "e", "crv", "x", "y")) {
      if (jwk.containsKey(member)) open.put(member, jwk.getString(member));
    }
    return JWTAuth.create(
        vertx,
        new JWTAuthOptions()
            .addJwk(open)
            .setJWTOptions(new JWTOptions().setIgnoreExpiration(true)));
  }

  /** What its issuer calls it; null where it has no name. */
  String id() {
    return id;
  }

  boolean fits(String algorithm) {
    return checks.containsKey(algorithm);
  }

  /** Throws {@link NoToken} where it has not signed this token. */
  void check(String algorithm, String token) {
    // a check without a key to be fetched is over when it returns
    if (!checks.get(algorithm).authenticate(new TokenCredentials(token)).succeeded()) {
      throw new NoToken("its signature is not its issuer's");
    }
  }
}
