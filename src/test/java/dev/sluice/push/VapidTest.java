package dev.sluice.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.outward.Parcel;
import dev.sluice.push.Turns.Taken;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class VapidTest {
  private static final ServerKey KEY = ServerKey.make();
  private static final String SUBJECT = "mailto:ops@example.com";

  private final Vapid vapid = new Vapid(KEY, SUBJECT);

  private static String token(String authorization) {
    String[] parts = authorization.split("[=,] *");
    assertEquals("vapid t", parts[0]);
    assertEquals("k", parts[2]);
    assertEquals(KEY.publicKey(), parts[3]);
    return parts[1];
  }

  private static JsonObject json(String part) {
    return new JsonObject(Buffer.buffer(Base64.getUrlDecoder().decode(part)));
  }

  private static Taken taken(String body, Duration left, String topic) {
    return new Taken(
        UUID.randomUUID(),
        UUID.randomUUID(),
        "ada",
        "push.example",
        1,
        body,
        "low",
        topic,
        false,
        left,
        target());
  }

  private static Target target() {
    ClientKeys keys = ClientKeys.of(ServerKey.make().publicKey(), "BTBZMqHH6r4Tts7J_aSIgg");
    return new Target("https://push.example/secret", "https://push.example", keys);
  }

  /** Some signatures have numbers with zeros in front: each must be 32 bytes (RFC 7518 §3.4). */
  @Test
  void everyTokenIsSignedAsES256Has() throws GeneralSecurityException {
    for (int i = 0; i < 300; i++) {
      String[] parts = token(vapid.authorization("https://" + i + ".example")).split("\\.");
      Signature check = Signature.getInstance("SHA256withECDSAinP1363Format");
      check.initVerify(KEY.pair().getPublicKey());
      check.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
      assertTrue(check.verify(Base64.getUrlDecoder().decode(parts[2])), "token " + i);
    }
  }

  @Test
  void aTokenSaysForWhomFromWhomAndHowLong() {
    String[] parts = token(vapid.authorization("https://push.example:8443")).split("\\.");
    assertEquals("ES256", json(parts[0]).getString("alg"));
    JsonObject claims = json(parts[1]);
    assertEquals("https://push.example:8443", claims.getString("aud"));
    assertEquals(SUBJECT, claims.getString("sub"));
    long ahead = claims.getLong("exp") - Instant.now().getEpochSecond();
    assertTrue(ahead > 11 * 3600 && ahead <= 12 * 3600, ahead + " s");
  }

  @Test
  void anOriginHasOneTokenForHours() {
    String one = vapid.authorization("https://push.example");
    assertEquals(one, vapid.authorization("https://push.example"));
    assertNotEquals(one, vapid.authorization("https://other.example"));
  }

  @Test
  void aParcelHasWhatPushServicesAskFor() {
    Parcel parcel = vapid.parcel(taken("{}", Duration.ofSeconds(90), "topic"), target());
    MultiMap fields = parcel.fields();
    assertEquals("https://push.example/secret", parcel.url());
    assertEquals("90", fields.get("TTL"));
    assertEquals("low", fields.get("Urgency"));
    assertEquals("topic", fields.get("Topic"));
    assertEquals("aes128gcm", fields.get("Content-Encoding"));
    assertTrue(!parcel.toString().contains("secret"), parcel::toString);
    assertNull(vapid.parcel(taken("{}", Duration.ZERO, null), target()).fields().get("topic"));
  }

  @Test
  void theLongestPayloadFillsWhatPushServicesTake() {
    String longest = "x".repeat(Payload.MOST_BYTES);
    Parcel parcel = vapid.parcel(taken(longest, Duration.ofHours(1), null), target());
    assertEquals(4096, parcel.body().length());
  }

  @Test
  void noTwoAreEncryptedAlike() {
    Taken taken = taken("{}", Duration.ofHours(1), null);
    Target target = target();
    byte[] one = vapid.parcel(taken, target).body().getBytes(0, 16 + 5 + 65);
    byte[] other = vapid.parcel(taken, target).body().getBytes(0, 16 + 5 + 65);
    assertNotEquals(Buffer.buffer(one).slice(0, 16), Buffer.buffer(other).slice(0, 16), "salt");
    assertNotEquals(Buffer.buffer(one).slice(21, 86), Buffer.buffer(other).slice(21, 86), "key");
  }
}
