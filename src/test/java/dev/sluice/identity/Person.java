package dev.sluice.identity;

import dev.sluice.harness.RunningGateway;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Somebody with a browser: keeps cookies, and sends what a page of the gateway would. */
public final class Person {
  public JsonObject user;
  public String accessToken;
  public String csrfToken;
  public final Map<String, String> cookies = new TreeMap<>();
  private final RunningGateway gateway;

  public Person(RunningGateway gateway) {
    this.gateway = gateway;
  }

  /** One who has signed in by a code. */
  public static Person signedIn(RunningGateway gateway, String email, String... headers) {
    Person person = new Person(gateway);
    int before = mails(gateway, email).size();
    HttpResponse<Buffer> asked =
        person.post("/auth/request-otp", new JsonObject().put("email", email), headers);
    if (asked.statusCode() != 200) throw new AssertionError(asked.bodyAsString());
    HttpResponse<Buffer> in =
        person.post(
            "/auth/verify-otp",
            new JsonObject().put("email", email).put("code", code(gateway, email, before)),
            headers);
    if (in.statusCode() != 200) throw new AssertionError(in.bodyAsString());
    return person;
  }

  /** The code of the newest mail to an address, which had so many before. */
  public static String code(RunningGateway gateway, String email, int before) {
    gateway.until("a mail to " + email, () -> mails(gateway, email).size() > before);
    String subject = mails(gateway, email).getJsonObject(0).getString("subject");
    return subject.substring(0, 7);
  }

  /** The mails to an address, the newest first. */
  public static JsonArray mails(RunningGateway gateway, String email) {
    return gateway
        .control(HttpMethod.GET, "/mail/messages?to=" + email, null)
        .getJsonArray("messages");
  }

  /** The session that the access token is of. */
  public UUID session() {
    String claims = accessToken.split("\\.")[1];
    return UUID.fromString(
        new JsonObject(Buffer.buffer(Base64.getUrlDecoder().decode(claims))).getString("sid"));
  }

  public HttpResponse<Buffer> get(String uri, String... headers) {
    return send(HttpMethod.GET, uri, null, headers);
  }

  public HttpResponse<Buffer> post(String uri, JsonObject body, String... headers) {
    return send(HttpMethod.POST, uri, body, headers);
  }

  public HttpResponse<Buffer> refresh() {
    return post("/auth/refresh", null);
  }

  /** With the token and the cookies that the person has; keeps what the answer gives. */
  public HttpResponse<Buffer> send(
      HttpMethod method, String uri, JsonObject body, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    if (accessToken != null && !all.contains("Authorization")) {
      all.addAll(List.of("Authorization", "Bearer " + accessToken));
    }
    if (!cookies.isEmpty()) all.addAll(List.of("Cookie", cookieHeader()));
    if (csrfToken != null) all.addAll(List.of("X-CSRF-Token", csrfToken));
    if (body != null) all.addAll(List.of("Content-Type", "application/json"));
    Buffer bytes = body == null ? null : body.toBuffer();
    HttpResponse<Buffer> answer = gateway.send(method, uri, bytes, all.toArray(String[]::new));
    keep(answer);
    return answer;
  }

  public String cookieHeader() {
    StringBuilder header = new StringBuilder();
    cookies.forEach(
        (name, value) ->
            header.append(header.length() == 0 ? "" : "; ").append(name).append('=').append(value));
    return header.toString();
  }

  private void keep(HttpResponse<Buffer> answer) {
    for (String line : answer.cookies()) {
      String[] pair = line.split(";", 2)[0].split("=", 2);
      if (line.contains("Max-Age=0;")) cookies.remove(pair[0]);
      else cookies.put(pair[0], pair[1]);
    }
    String type = answer.getHeader("content-type");
    if (answer.statusCode() != 200 || type == null || !type.startsWith("application/json")) return;
    JsonObject body = answer.bodyAsJsonObject();
    if (body.containsKey("accessToken")) accessToken = body.getString("accessToken");
    if (body.containsKey("csrfToken")) csrfToken = body.getString("csrfToken");
    if (body.containsKey("user")) user = body.getJsonObject("user");
  }
}
