package dev.sluice.identity.signin;

import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.harness.RunningGateway;
import dev.sluice.identity.Person;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Asks a gateway that trusts its proxy to sign somebody in, from whatever address a test says. */
final class Asking {
  static final Map<String, String> SETTINGS =
      Map.of(
          "SLUICE_APPS", "identity",
          "SLUICE_SERVER_TRUSTEDPROXIES", "127.0.0.1/32",
          "SLUICE_LIMITS_LOGIN_IP_REQUESTS", "100000");

  private final RunningGateway gateway;
  private final AtomicInteger clients = new AtomicInteger();

  Asking(RunningGateway gateway) {
    this.gateway = gateway;
  }

  /** An address that nobody has called from. */
  String client() {
    int n = clients.incrementAndGet();
    return "10." + (n >> 16 & 255) + "." + (n >> 8 & 255) + "." + (n & 255);
  }

  HttpResponse<Buffer> code(String email) {
    return code(email, client());
  }

  HttpResponse<Buffer> code(String email, String from) {
    return await(post("/auth/request-otp", new JsonObject().put("email", email), from));
  }

  HttpResponse<Buffer> verify(String email, String code) {
    return await(verify(email, code, client()));
  }

  Future<HttpResponse<Buffer>> verify(String email, String code, String from) {
    JsonObject body = new JsonObject().put("email", email).put("code", code);
    return post("/auth/verify-otp", body, from);
  }

  HttpResponse<Buffer> login(String email, String password) {
    return await(login(email, password, client()));
  }

  Future<HttpResponse<Buffer>> login(String email, String password, String from) {
    JsonObject body = new JsonObject().put("email", email).put("password", password);
    return post("/api/v1/auth/login", body, from);
  }

  Future<HttpResponse<Buffer>> post(String uri, JsonObject body, String from) {
    String[] headers = {"X-Forwarded-For", from, "Content-Type", "application/json"};
    return gateway.sendAsync(HttpMethod.POST, uri, body.toBuffer(), headers);
  }

  /** The code of the newest of so many mails to an address. */
  String mailed(String email, int mails) {
    return Person.code(gateway, email, mails - 1);
  }

  /** Somebody who has signed in by a code, from an address of its own. */
  Person person(String email) {
    return Person.signedIn(gateway, email, "X-Forwarded-For", client());
  }

  /** Somebody sets a password; {@code current} is the one before, or null. */
  static HttpResponse<Buffer> set(Person person, String current, String password) {
    JsonObject body = new JsonObject().put("newPassword", password);
    if (current != null) body.put("currentPassword", current);
    return person.send(HttpMethod.PUT, "/users/me/password", body);
  }

  /** A code that is not this one. */
  static String not(String code) {
    int number = Integer.parseInt(code.replace(" ", ""));
    return "%06d".formatted((number + 1) % 1_000_000);
  }

  static void refused(int status, String code, HttpResponse<Buffer> answer) {
    assertEquals(status, answer.statusCode(), answer.bodyAsString());
    JsonObject error = RunningGateway.error(answer);
    assertEquals(code, error.getString("code"), answer.bodyAsString());
    assertEquals(true, error.containsKey("suggestion"), answer.bodyAsString());
  }

  /** The first field that an answer names. */
  static String field(HttpResponse<Buffer> answer) {
    return RunningGateway.error(answer)
        .getJsonObject("details")
        .getJsonArray("errors")
        .getJsonObject(0)
        .getString("field");
  }
}
