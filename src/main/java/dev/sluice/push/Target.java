package dev.sluice.push;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Base64;

/**
 * Where a browser's messages go, and what they are encrypted with: all of it secret.
 *
 * @param origin of the endpoint
 */
record Target(String endpoint, String origin, ClientKeys keys) {

  /** As it is sealed. */
  byte[] bytes() {
    return new JsonObject()
        .put("endpoint", endpoint)
        .put("origin", origin)
        .put("p256dh", text(keys.p256dh()))
        .put("auth", text(keys.auth()))
        .toBuffer()
        .getBytes();
  }

  static Target of(byte[] bytes) {
    JsonObject json = new JsonObject(Buffer.buffer(bytes));
    return new Target(
        json.getString("endpoint"),
        json.getString("origin"),
        ClientKeys.of(json.getString("p256dh"), json.getString("auth")));
  }

  private static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public String toString() {
    return "Target[" + origin + "]";
  }
}
