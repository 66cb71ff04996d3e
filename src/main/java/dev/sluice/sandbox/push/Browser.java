package dev.sluice.sandbox.push;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A browser that has subscribed: its keys, and what is kept for it. */
final class Browser {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String id = text(random(24)); // whoever knows it can send
  private final byte[] auth = random(16);
  private final KeyPair pair = Curve.generate();
  private final String sender;
  private final List<Arrived> messages = new ArrayList<>();

  /**
   * One that takes messages of one sender alone (RFC 8292 §4).
   *
   * @param sender its public key; null, it takes them of whoever has one
   */
  Browser(String sender) {
    this.sender = sender;
  }

  /**
   * A message as it is kept.
   *
   * @param text as the browser reads it
   */
  record Arrived(String id, String text, int ttl, String urgency, String topic) {}

  String id() {
    return id;
  }

  boolean takesFrom(String key) {
    return sender == null || sender.equals(key);
  }

  String decrypted(byte[] body) throws GeneralSecurityException {
    ECPublicKey open = (ECPublicKey) pair.getPublic();
    byte[] plain = new Decryption(open, (ECPrivateKey) pair.getPrivate(), auth).decrypt(body);
    return new String(plain, StandardCharsets.UTF_8);
  }

  /** In the place of one of the same topic (RFC 8030 §5.4). */
  void keep(Arrived message) {
    messages.removeIf(old -> old.topic() != null && old.topic().equals(message.topic()));
    messages.add(message);
  }

  List<Arrived> messages() {
    return List.copyOf(messages);
  }

  /** As PushSubscription's toJSON() has it (Push API). */
  JsonObject json(String endpoint) {
    return new JsonObject()
        .put("endpoint", endpoint)
        .putNull("expirationTime")
        .put(
            "keys",
            new JsonObject()
                .put("p256dh", text(Curve.bytes((ECPublicKey) pair.getPublic())))
                .put("auth", text(auth)));
  }

  static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static byte[] random(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
