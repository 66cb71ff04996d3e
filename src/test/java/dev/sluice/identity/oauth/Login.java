package dev.sluice.identity.oauth;

import dev.sluice.harness.RunningGateway;
import dev.sluice.identity.Person;
import dev.sluice.sandbox.openid.SignIn;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Somebody who signs in at a provider's, step by step. */
public final class Login {
  public static final String REDIRECT = "http://localhost:3000/callback";
  public static final String VERIFIER = SignIn.VERIFIER;
  public static final String CHALLENGE = SignIn.CHALLENGE;
  private static final HttpClient BROWSER = HttpClient.newHttpClient();

  public final Person person;
  public final JsonObject begun;

  private Login(Person person, JsonObject begun) {
    this.person = person;
    this.begun = begun;
  }

  /** Settings of a gateway where users sign in, as often as tests do. */
  public static Map<String, String> settings(String... more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("SLUICE_APPS", "identity,traffic,studio,notebook");
    settings.put("SLUICE_LIMITS_LOGIN_IP_REQUESTS", "100000");
    settings.put("SLUICE_IDENTITY_CODES_PERIP", "1000");
    settings.put("SLUICE_IDENTITY_OAUTH_REDIRECTURIS", REDIRECT);
    settings.put("SLUICE_PROVIDERS_GOOGLE_TRAFFIC_RETRY_DELAY", "1ms");
    settings.put("SLUICE_PROVIDERS_GOOGLE_TRAFFIC_BREAKER_FAILURES", "1000");
    for (int i = 0; i < more.length; i += 2) settings.put(more[i], more[i + 1]);
    return settings;
  }

  public static JsonObject wish(String provider) {
    return new JsonObject()
        .put("provider", provider)
        .put("redirectUri", REDIRECT)
        .put("codeChallenge", CHALLENGE);
  }

  /** Begins with a browser of somebody's. */
  public static Login begin(Person person, String provider) {
    HttpResponse<Buffer> answer = person.post("/api/auth/login", wish(provider));
    if (answer.statusCode() != 200) throw new AssertionError(answer.bodyAsString());
    return new Login(person, answer.bodyAsJsonObject());
  }

  /** Begins, goes to the provider and comes back, all as one should. */
  public static Person through(RunningGateway gateway, String provider, String email) {
    return again(new Person(gateway), provider, email);
  }

  /** The same with a browser of somebody's. */
  public static Person again(Person person, String provider, String email) {
    Login login = begin(person, provider);
    HttpResponse<Buffer> answer = login.end(login.code(email));
    if (answer.statusCode() != 200) throw new AssertionError(answer.bodyAsString());
    return person;
  }

  public String state() {
    return begun.getString("state");
  }

  /** What the authorization URL says. */
  public Map<String, List<String>> query() {
    return new QueryStringDecoder(begun.getString("authorizationUrl")).parameters();
  }

  public String query(String name) {
    List<String> values = query().get(name);
    return values == null ? null : String.join("|", values);
  }

  /** The code with which the provider sends somebody back. */
  public String code(String email) {
    String url =
        begun.getString("authorizationUrl")
            + "&login="
            + URLEncoder.encode(email, StandardCharsets.UTF_8);
    String back = get(url).headers().firstValue("location").orElseThrow();
    Map<String, List<String>> query = new QueryStringDecoder(back).parameters();
    if (!back.startsWith(REDIRECT + "?") || !query.get("state").equals(List.of(state()))) {
      throw new AssertionError(back);
    }
    return query.get("code").get(0);
  }

  public static java.net.http.HttpResponse<String> get(String url, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
    if (headers.length > 0) request.headers(headers);
    try {
      return BROWSER.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public JsonObject back(String code) {
    return new JsonObject().put("code", code).put("state", state()).put("codeVerifier", VERIFIER);
  }

  public HttpResponse<Buffer> end(String code) {
    return person.post("/api/auth/callback", back(code));
  }
}
