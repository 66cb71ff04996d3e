package dev.sluice.identity.oauth;

import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.identity.Person;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A provider is away or answers nonsense: nobody signs in, and anybody may begin again. */
class OAuthOutageIT {
  private static final List<String> FAULTS =
      List.of(
          "{\"status\":500}",
          "{\"status\":503}",
          "{\"status\":404}",
          "{\"status\":429}",
          "{\"dropConnection\":true}",
          "{\"dropConnection\":\"body\"}",
          "{\"garbage\":true}",
          "{\"delayMs\":60000}");
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        new RunningGateway(
            Login.settings(
                "SLUICE_PROVIDERS_GOOGLE_TRAFFIC_TIMEOUT",
                "1s",
                "SLUICE_PROVIDERS_MICROSOFT_AUTHURL",
                "http://127.0.0.1:1",
                "SLUICE_PROVIDERS_MICROSOFT_TRAFFIC_RETRY_DELAY",
                "1ms"));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static void fault(String operation, String fault) {
    JsonObject what = new JsonObject(fault).put("provider", "google").put("operation", operation);
    gateway.control(HttpMethod.POST, "/control/faults", what);
  }

  private static void away(String when, HttpResponse<Buffer> answer) {
    String said = when + ": " + answer.bodyAsString();
    assertTrue(List.of(502, 503, 504).contains(answer.statusCode()), said);
    assertNotNull(error(answer).getString("code"), said);
    assertNotNull(error(answer).getString("suggestion"), said);
    assertTrue(!answer.bodyAsString().contains("127.0.0.1"), said);
    assertEquals(List.of(), answer.cookies(), said);
  }

  private static HttpResponse<Buffer> begin(String provider) {
    return new Person(gateway).post("/api/auth/login", Login.wish(provider));
  }

  /** In this order, for what has been read once is not asked for again. */
  @Test
  void fromTheFirstDocumentToTheLastKey() {
    for (String fault : FAULTS) {
      fault("openid-configuration", fault);
      away("discovery " + fault, begin("google"));
      gateway.endFaults();
    }
    for (String operation : List.of("keys", "token")) {
      for (String fault : FAULTS) {
        if (operation.equals("keys") && fault.contains("delayMs")) continue; // 5 s, and no shorter
        Login login = Login.begin(new Person(gateway), "google");
        String code = login.code("ada@example.com");
        fault(operation, fault);
        away(operation + " " + fault, login.end(code));
        gateway.endFaults();
        assertEquals("STATE_INVALID", error(login.end(code)).getString("code"));
      }
    }
    Login.through(gateway, "google", "ada@example.com");
  }

  @Test
  void aProviderThatIsOutOfReachIsAskedNoMoreForAWhile() {
    gateway.until(
        "its circuit opens",
        () -> {
          HttpResponse<Buffer> answer = begin("microsoft");
          away("microsoft", answer);
          return error(answer).getString("code").equals("CIRCUIT_OPEN")
              && answer.getHeader("retry-after") != null;
        });
    Person ada = Person.signedIn(gateway, "ada@example.com");
    assertEquals(200, ada.refresh().statusCode(), "other ways in stay open");
  }

  @Test
  void aProviderThatIsNotOfferedSaysWhatIsMissing() {
    try (RunningGateway none =
        new RunningGateway(Login.settings("SLUICE_PROVIDERS_GOOGLE_CLIENTID", ""))) {
      HttpResponse<Buffer> answer = new Person(none).post("/api/auth/login", Login.wish("google"));
      assertEquals(503, answer.statusCode());
      assertEquals("PROVIDER_NOT_CONFIGURED", error(answer).getString("code"));
      assertTrue(error(answer).getString("suggestion").contains("providers.google.clientId"));
    }
  }
}
