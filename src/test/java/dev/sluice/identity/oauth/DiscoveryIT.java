package dev.sluice.identity.oauth;

import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Settings;
import dev.sluice.harness.RunningGateway;
import dev.sluice.identity.Person;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Discovery documents that lead nowhere are not followed. */
class DiscoveryIT {

  @Test
  void aDocumentIsReadBeforeItIsFollowed() {
    try (ToyProvider google = new ToyProvider("");
        RunningGateway gateway =
            new RunningGateway(
                Login.settings(
                    "SLUICE_PROVIDERS_GOOGLE_AUTHURL", google.url,
                    "SLUICE_PROVIDERS_GOOGLE_CLIENTID", ToyProvider.CLIENT))) {
      Person ada = new Person(gateway);
      for (String name :
          List.of("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")) {
        for (Object value : new Object[] {null, "", 1, new JsonArray(), new JsonObject()}) {
          refused(google, ada, name, value);
        }
        if (name.equals("issuer")) continue;
        for (String url :
            List.of(
                "javascript:alert(1)",
                "http://provider.example/x",
                "https://user@provider.example/x",
                "https://provider.example/x#y",
                "/x",
                "https:///x",
                "no url")) {
          refused(google, ada, name, url);
        }
      }
      google.document = said -> said;
      HttpResponse<Buffer> begun = ada.post("/api/auth/login", Login.wish("google"));
      assertEquals(200, begun.statusCode(), "and is read again");
      String url = begun.bodyAsJsonObject().getString("authorizationUrl");
      assertTrue(url.contains("/authorize?mode=toy&client_id="), url);
    }
  }

  private static void refused(ToyProvider google, Person ada, String name, Object value) {
    google.document = said -> said.put(name, value);
    HttpResponse<Buffer> answer = ada.post("/api/auth/login", Login.wish("google"));
    assertEquals(502, answer.statusCode(), name + " " + value + answer.bodyAsString());
    assertEquals("PROVIDER_ERROR", error(answer).getString("code"));
    assertNotNull(error(answer).getString("suggestion"));
  }

  @Test
  void anotherProviderInItsPlaceIsDescribedAnew() {
    try (ToyProvider before = new ToyProvider("");
        ToyProvider after = new ToyProvider("");
        RunningGateway gateway =
            new RunningGateway(
                Login.settings(
                    "SLUICE_PROVIDERS_GOOGLE_AUTHURL", before.url,
                    "SLUICE_PROVIDERS_GOOGLE_CLIENTID", ToyProvider.CLIENT))) {
      Login old = Login.begin(new Person(gateway), "google");
      assertTrue(old.begun.getString("authorizationUrl").startsWith(before.url));
      gateway.environment().put("SLUICE_PROVIDERS_GOOGLE_AUTHURL", after.url);
      Settings settings = Settings.load(gateway.file(), gateway.environment(), Map.of());
      RunningGateway.await(
          gateway.gateway().reload(settings, gateway.mounts(settings), Set.of("google")));
      Login fresh = Login.begin(new Person(gateway), "google");
      assertTrue(fresh.begun.getString("authorizationUrl").startsWith(after.url));
      after.honest(fresh);
      assertEquals(200, fresh.end("any").statusCode());
    }
  }
}
