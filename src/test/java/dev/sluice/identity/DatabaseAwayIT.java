package dev.sluice.identity;

import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.harness.ToyApi;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** PostgreSQL goes: who is known goes on, and what needs it says so. */
class DatabaseAwayIT {

  @Test
  void whoIsKnownGoesOnAndTheRestIsToldToComeAgain() throws IOException {
    ToyApi api = new ToyApi();
    String routes =
        """
        upstreams: { api: { url: "%s" } }
        routes: [ { path: "/own/**", upstream: api, auth: required } ]
        """
            .formatted(api.url());
    Map<String, String> settings = new HashMap<>();
    settings.put("SLUICE_APPS", "identity,traffic,studio,notebook");
    RunningGateway first = new RunningGateway(settings);
    settings.put("SLUICE_STORE_POSTGRES", Sql.uri(first));
    AssertionError keyless =
        assertThrows(AssertionError.class, () -> new RunningGateway(settings, routes));
    assertTrue(keyless.getMessage().contains("store.keyset"), keyless.getMessage());
    settings.put("SLUICE_STORE_KEYSET", Files.readString(first.data().resolve("keyset.json")));
    try (RunningGateway gateway = new RunningGateway(settings, routes)) {
      Person ada = Person.signedIn(gateway, "ada@example.com");
      assertEquals(200, ada.get("/own/x").statusCode());
      first.close();
      assertEquals(200, ada.get("/own/x").statusCode());
      JsonObject email = new JsonObject().put("email", "ada@example.com");
      for (HttpResponse<Buffer> answer :
          List.of(
              ada.get("/auth/me"),
              ada.refresh(),
              ada.get("/auth/sessions"),
              ada.post("/auth/request-otp", email),
              ada.post("/auth/verify-otp", email.copy().put("code", "123456")),
              ada.send(HttpMethod.DELETE, "/users/me", null))) {
        assertEquals(503, answer.statusCode(), answer.bodyAsString());
        assertEquals("SERVICE_UNAVAILABLE", error(answer).getString("code"));
        assertTrue(error(answer).containsKey("suggestion"));
        assertEquals("1", answer.getHeader("retry-after"));
      }
    } finally {
      api.close();
    }
  }
}
