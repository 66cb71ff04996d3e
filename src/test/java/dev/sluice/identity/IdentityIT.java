package dev.sluice.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.harness.RunningGateway;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class IdentityIT {
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway = new RunningGateway(Map.of("SLUICE_APPS", "identity,studio,notebook"));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void aCodeSignsIn() {
    Person ada = Person.signedIn(gateway, "ada@example.com");
    assertEquals("ada@example.com", ada.user.getString("email"));
    HttpResponse<Buffer> me = ada.get("/auth/me");
    assertEquals(200, me.statusCode(), me.bodyAsString());
    HttpResponse<Buffer> again = ada.refresh();
    assertEquals(200, again.statusCode(), again.bodyAsString());
    assertEquals(204, ada.post("/auth/logout", null).statusCode());
    assertEquals(401, ada.get("/auth/me").statusCode());
  }
}
