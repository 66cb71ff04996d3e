package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.conf.FileWatch;
import dev.sluice.harness.RunningGateway;
import dev.sluice.identity.Person;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Signaling in a gateway whose configuration changes. */
class SignalingReloadIT {
  private static final String APPS = "identity,signaling";
  private RunningGateway gateway;
  private Reloader reloader;

  @AfterEach
  void stop() {
    gateway.close();
  }

  private void reload(String yaml) {
    gateway.write(yaml);
    ControlSocket.Outcome outcome = reloader.reload("the test");
    assertTrue(outcome.succeeded(), outcome.text());
  }

  @Test
  void settingsAreTakenIntoUseAndTheAppCanBeTakenOutAndPutBack() {
    Map<String, String> settings =
        Map.of(
            "SLUICE_APPS", APPS,
            "SLUICE_STORE_REDISTIMEOUT", "5s",
            "SLUICE_SERVER_DRAINTIMEOUT", "100ms");
    gateway = new RunningGateway(settings, "signaling: { heartbeat: 1h }");
    Reloader.Source source =
        () -> Loaded.of(gateway.file(), gateway.environment(), Map.of(), List.of());
    FileWatch files = new FileWatch(() -> List.of(gateway.file()));
    reloader = new Reloader(gateway.gateway(), source.load(), source, files, gateway::mounts);
    Person ada = Person.signedIn(gateway, "ada@example.com");
    Person bob = Person.signedIn(gateway, "bob@example.com");
    JsonObject wish = new JsonObject().put("capacity", 3);
    String id = ada.post("/signaling/create-room", wish).bodyAsJsonObject().getString("roomId");
    JsonObject room = new JsonObject().put("roomId", id);
    assertEquals(200, bob.post("/signaling/join-room", room).statusCode());

    reload("signaling: { heartbeat: 1h, capacity: 2 }");
    assertEquals(400, ada.post("/signaling/create-room", wish).statusCode());
    gateway.environment().put("SLUICE_APPS", "identity");
    reload("signaling: { heartbeat: 1h }");
    assertEquals(404, bob.post("/signaling/heartbeat", room).statusCode());
    gateway.environment().put("SLUICE_APPS", APPS);
    reload("signaling: { heartbeat: 1s }");
    assertEquals(200, ada.post("/signaling/heartbeat", room).statusCode());
    gateway.until("who is silent by the new settings has left", () -> peers(ada) == 1);
    assertEquals(1, gateway.metric("signaling_rooms"));
  }

  /** In the one room: bob is there by the hour that he was given when he came. */
  private static int peers(Person owner) {
    return owner
        .get("/signaling/rooms?mine=true")
        .bodyAsJsonObject()
        .getJsonArray("rooms")
        .getJsonObject(0)
        .getInteger("peerCount");
  }
}
