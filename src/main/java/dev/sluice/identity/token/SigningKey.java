package dev.sluice.identity.token;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** One of the gateway's own keys: RSA of 2048 bits, for RS256, which every verifier knows. */
final class SigningKey {
  static final String ALGORITHM = "RS256";
  private static final int BITS = 2048; // RFC 7518 §3.3

  private final JsonObject jwk;
  private final Instant made;
  private final Key check;
  private final JWTAuth signer;

  /** A key that was kept: its public half as a JWK, its private one as PKCS #8. */
  SigningKey(Vertx vertx, JsonObject jwk, byte[] secret, Instant made) {
    this.jwk = jwk;
    this.made = made;
    this.check = Key.of(vertx, jwk, List.of(ALGORITHM));
    this.signer =
        JWTAuth.create(
            vertx,
            new JWTAuthOptions()
                .addPubSecKey(
                    new PubSecKeyOptions()
                        .setAlgorithm(ALGORITHM)
                        .setId(id())
                        .setBuffer(pem(secret))));
  }

  /** The halves of a new one, before it is kept. */
  record Halves(JsonObject jwk, byte[] secret) {}

  /** Makes one; takes up to a second. */
  static Halves make(String id) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(BITS);
      KeyPair pair = generator.generateKeyPair();
      RSAPublicKey open = (RSAPublicKey) pair.getPublic();
      JsonObject jwk =
          new JsonObject()
              .put("kty", "RSA")
              .put("use", "sig")
              .put("alg", ALGORITHM)
              .put("kid", id)
              .put("n", number(open.getModulus()))
              .put("e", number(open.getPublicExponent()));
      return new Halves(jwk, pair.getPrivate().getEncoded());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has RSA", e);
    }
  }

  /** Base64urlUInt (RFC 7518 §2). */
  private static String number(BigInteger number) {
    byte[] bytes = number.toByteArray();
    int from = bytes[0] == 0 ? 1 : 0;
    byte[] plain = Arrays.copyOfRange(bytes, from, bytes.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(plain);
  }

  private static String pem(byte[] secret) {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(secret);
    return "-----BEGIN PRIVATE KEY-----\n" + lines + "\n-----END PRIVATE KEY-----\n";
  }

  String id() {
    return jwk.getString("kid");
  }

  Instant made() {
    return made;
  }

  /** The public half (RFC 7517 §4). */
  JsonObject jwk() {
    return jwk;
  }

  Key check() {
    return check;
  }

  /** A token of these claims; takes about a millisecond. */
  String sign(JsonObject claims) {
    return signer.generateToken(
        claims, new JWTOptions().setAlgorithm(ALGORITHM).setNoTimestamp(true));
  }
}
