package dev.sluice.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Somebody who issues tokens, and publishes the keys they are signed with. */
public final class ToyIssuer implements AutoCloseable {
  public static final String NAME = "https://id.example.com/";
  public static final String AUDIENCE = "gateway";

  public final KeyPair rsa = rsaKeys(2048);
  public final KeyPair ec = ecKeys();
  public final AtomicInteger asked = new AtomicInteger();
  public volatile JsonObject published =
      new JsonObject().put("keys", new JsonArray().add(jwk("r1", rsa)).add(jwk("e1", ec)));
  public volatile Consumer<HttpServerRequest> answers =
      request -> request.response().end(published.toBuffer());
  public volatile JsonObject also = new JsonObject(); // in all claims
  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;

  public ToyIssuer() {
    server =
        RunningGateway.await(
            vertx
                .createHttpServer()
                .requestHandler(
                    request -> {
                      Consumer<HttpServerRequest> answer = answers; // of now
                      asked.incrementAndGet();
                      answer.accept(request);
                    })
                .listen(0, "127.0.0.1"));
  }

  public Vertx vertx() {
    return vertx;
  }

  public String keysUrl() {
    return "http://127.0.0.1:" + server.actualPort() + "/jwks.json";
  }

  /** Claims of ninja's, good for an hour. */
  public JsonObject claims() {
    long now = System.currentTimeMillis() / 1000;
    return new JsonObject()
        .put("iss", NAME)
        .put("aud", AUDIENCE)
        .put("sub", "ninja")
        .put("iat", now)
        .put("exp", now + 3600)
        .mergeIn(also);
  }

  /** A proper token with these claims. */
  public String token(JsonObject claims) {
    return sign(
        "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"r1\"}", claims.encode(), "RS256", rsa);
  }

  /** A proper token of ninja's. */
  public String token() {
    return token(claims());
  }

  /** Whatever is to be signed, whether it is JSON or not. */
  public static String sign(String header, String claims, String algorithm, KeyPair keys) {
    String signed = base64(header.getBytes(UTF_8)) + "." + base64(claims.getBytes(UTF_8));
    return signed + "." + base64(signature(signed, algorithm, keys.getPrivate()));
  }

  public static byte[] signature(String signed, String algorithm, PrivateKey key) {
    try {
      Signature signature = signer(algorithm);
      signature.initSign(key);
      signature.update(signed.getBytes(UTF_8));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static Signature signer(String algorithm) throws GeneralSecurityException {
    String bits = algorithm.substring(2);
    if (algorithm.startsWith("ES")) {
      return Signature.getInstance("SHA" + bits + "withECDSAinP1363Format");
    }
    if (algorithm.startsWith("RS")) return Signature.getInstance("SHA" + bits + "withRSA");
    Signature pss = Signature.getInstance("RSASSA-PSS");
    String hash = "SHA-" + bits;
    AlgorithmParameterSpec mask = new MGF1ParameterSpec(hash);
    pss.setParameter(new PSSParameterSpec(hash, "MGF1", mask, Integer.parseInt(bits) / 8, 1));
    return pss;
  }

  public static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  public static KeyPair rsaKeys(int bits) {
    return keys("RSA", new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4));
  }

  public static KeyPair ecKeys() {
    return keys("EC", new ECGenParameterSpec("secp256r1"));
  }

  private static KeyPair keys(String kind, AlgorithmParameterSpec spec) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
      generator.initialize(spec);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The public key as a JWK (RFC 7518 §6). */
  public static JsonObject jwk(String id, KeyPair keys) {
    JsonObject jwk = new JsonObject().put("kid", id).put("use", "sig");
    if (keys.getPublic() instanceof RSAPublicKey rsa) {
      return jwk.put("kty", "RSA")
          .put("n", number(rsa.getModulus(), 0))
          .put("e", number(rsa.getPublicExponent(), 0));
    }
    ECPublicKey ec = (ECPublicKey) keys.getPublic();
    return jwk.put("kty", "EC")
        .put("crv", "P-256")
        .put("x", number(ec.getW().getAffineX(), 32))
        .put("y", number(ec.getW().getAffineY(), 32));
  }

  private static String number(BigInteger number, int length) {
    byte[] bytes = number.toByteArray();
    int from = bytes[0] == 0 && bytes.length > 1 ? 1 : 0;
    int size = Math.max(length, bytes.length - from);
    byte[] fixed = new byte[size];
    System.arraycopy(bytes, from, fixed, size - (bytes.length - from), bytes.length - from);
    return base64(fixed);
  }

  @Override
  public void close() {
    RunningGateway.await(vertx.close());
  }
}
