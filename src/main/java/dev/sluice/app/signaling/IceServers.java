package dev.sluice.app.signaling;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The servers that peers reach each other by, as the {@code iceServers} of an RTCConfiguration.
 * TURN credentials are for one user and a while (draft-uberti-behave-turn-rest-00 §2.2).
 */
final class IceServers {
  private static final String HMAC = "HmacSHA1"; // the scheme has no other

  private IceServers() {}

  static JsonArray of(SignalingSettings settings, String user, Instant now) {
    JsonArray servers = new JsonArray();
    if (!settings.stun().isEmpty()) {
      servers.add(new JsonObject().put("urls", new JsonArray(settings.stun())));
    }
    SignalingSettings.Turn turn = settings.turn();
    if (turn.urls().isEmpty()) return servers;
    String username = now.plus(turn.ttl()).getEpochSecond() + ":" + user;
    return servers.add(
        new JsonObject()
            .put("urls", new JsonArray(turn.urls()))
            .put("username", username)
            .put("credential", credential(turn.secret(), username)));
  }

  static String credential(String secret, String username) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), HMAC));
      byte[] sum = mac.doFinal(username.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(sum);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has " + HMAC, e);
    }
  }
}
