package dev.sluice.app.studio.obs;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;

/** How an OBS is reached, by obs-websocket. */
record Credentials(String host, int port, String password) {
  private static final int USUAL_PORT = 4455;

  static Credentials of(JsonObject json) {
    Number port = (Number) json.getValue("port", USUAL_PORT);
    return new Credentials(json.getString("host"), port.intValue(), json.getString("password"));
  }

  static Credentials of(byte[] bytes) {
    return of(new JsonObject(new String(bytes, StandardCharsets.UTF_8)));
  }

  byte[] bytes() {
    JsonObject json = new JsonObject().put("host", host).put("port", port);
    return json.put("password", password).encode().getBytes(StandardCharsets.UTF_8);
  }

  /** Keeps all of it out of logs. */
  @Override
  public String toString() {
    return "Credentials[…]";
  }
}
