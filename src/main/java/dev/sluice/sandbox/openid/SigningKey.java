package dev.sluice.sandbox.openid;

import io.vertx.core.json.Json;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** An RSA key that ID tokens are signed with by RS256 (RFC 7518 §3.3). */
record SigningKey(String id, KeyPair pair) {

  private static final int BITS = 2048;

  /** The public half as it is published (RFC 7517 §4, RFC 7518 §6.3.1). */
  record Jwk(String kty, String use, String alg, String kid, String n, String e) {}

  /** Takes a noticeable part of a second. */
  static SigningKey make() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(BITS);
      KeyPair pair = generator.generateKeyPair();
      String modulus = unsigned(((RSAPublicKey) pair.getPublic()).getModulus());
      return new SigningKey(Digests.base64(Digests.sha256(modulus)).substring(0, 27), pair);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every Java has RSA
    }
  }

  Jwk jwk() {
    RSAPublicKey key = (RSAPublicKey) pair.getPublic();
    return new Jwk(
        "RSA", "sig", "RS256", id, unsigned(key.getModulus()), unsigned(key.getPublicExponent()));
  }

  /** A JWT in compact form (RFC 7515 §7.1). */
  String sign(Map<String, Object> claims) {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("typ", "JWT");
    header.put("alg", "RS256");
    header.put("kid", id);
    String signed = part(header) + "." + part(claims);
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(pair.getPrivate());
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + Digests.base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String part(Map<String, Object> json) {
    return Digests.base64(Json.encodeToBuffer(json).getBytes());
  }

  /** Without the byte that only says that the number is not negative. */
  private static String unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    int from = bytes[0] == 0 ? 1 : 0;
    return Digests.base64(Arrays.copyOfRange(bytes, from, bytes.length));
  }
}
