package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.conf.FileWatch;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.ToyReceiver;
import dev.sluice.identity.Person;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an operator changes about webhooks is so at once, for those that are there, too. */
class WebhooksReloadIT {
  private static final String OPEN =
      "limits:\n  tight: { ip: { requests: 3, window: 1h } }\n"
          + "webhooks: { http: true, allow: [127.0.0.1], schedule: [0s] }\n";

  @Test
  void whatIsAllowedNoMoreIsNotDeliveredTo() {
    Map<String, String> apps = Map.of("SLUICE_APPS", "identity,traffic,studio,notebook");
    try (ToyReceiver receiver = new ToyReceiver();
        RunningGateway gateway = new RunningGateway(apps)) {
      Reloader.Source source =
          () -> Loaded.of(gateway.file(), gateway.environment(), Map.of(), List.of());
      FileWatch files = new FileWatch(() -> List.of(gateway.file()));
      Reloader reloader =
          new Reloader(gateway.gateway(), source.load(), source, files, gateway::mounts);
      Person ada = Person.signedIn(gateway, "ada@example.com");
      JsonObject wish = new JsonObject("{\"events\":[\"*\"]}").put("url", receiver.url());
      assertEquals(400, ada.post("/webhooks", wish).statusCode(), "as it is by default");
      String before = reload(gateway, reloader, OPEN);
      JsonObject webhook = ada.post("/webhooks", wish).bodyAsJsonObject();
      String path = "/webhooks/" + webhook.getString("id");
      ada.post(path + "/test", null);
      gateway.until("it is delivered", () -> state(ada, path).equals("delivered"));
      reload(gateway, reloader, OPEN.replace("127.0.0.1", "10.0.0.0/8"));
      ada.post(path + "/test", null);
      gateway.until("it is refused", () -> state(ada, path).equals("failed"));
      assertEquals(1, receiver.received.size());
      assertTrue(before.contains("webhooks.allow"), before);
    }
  }

  private static String reload(RunningGateway gateway, Reloader reloader, String yaml) {
    gateway.write(yaml);
    ControlSocket.Outcome outcome = reloader.reload("the test");
    assertTrue(outcome.succeeded(), outcome.text());
    return outcome.text();
  }

  private static String state(Person owner, String path) {
    return owner
        .get(path + "/deliveries")
        .bodyAsJsonObject()
        .getJsonArray("deliveries")
        .getJsonObject(0)
        .getString("state");
  }
}
