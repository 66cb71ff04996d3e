package dev.sluice.provider.openid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Mounts;
import dev.sluice.Settings;
import dev.sluice.call.Call;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import dev.sluice.harness.Await;
import dev.sluice.harness.WithVertx;
import dev.sluice.observe.Health;
import dev.sluice.observe.Metrics;
import dev.sluice.provider.Providers;
import dev.sluice.provider.Upstream;
import dev.sluice.sandbox.RunningSandbox;
import dev.sluice.sandbox.Sandbox;
import dev.sluice.sandbox.openid.SignIn;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(WithVertx.class)
class OpenIdUpstreamTest {

  @RegisterExtension static final RunningSandbox sandbox = new RunningSandbox();

  private Vertx vertx;

  @BeforeEach
  void open(Vertx vertx) {
    this.vertx = vertx;
  }

  @Test
  void signsInWithGoogle() {
    start("google", google(sandbox.sandbox().url()));
    JsonObject document = Await.result(ask("google", "discovery", Map.of())).jsonBody();
    assertEquals(sandbox.sandbox().url(), document.getString("issuer"));
    SignIn signIn =
        signIn("/o/oauth2/v2/auth", "/token")
            .with("access_type", "offline")
            .with("prompt", "consent");
    signsIn("google", document.getString("token_endpoint"), signIn);
  }

  @Test
  void signsInWithMicrosoft() {
    start("microsoft", microsoft(sandbox.sandbox().url()));
    JsonObject document = Await.result(ask("microsoft", "discovery", Map.of())).jsonBody();
    assertTrue(document.getString("issuer").endsWith("/{tenantid}/v2.0"));
    SignIn signIn =
        new SignIn(
                sandbox,
                "/common/oauth2/v2.0/authorize",
                "/common/oauth2/v2.0/token",
                Sandbox.MICROSOFT_CLIENT_ID,
                Sandbox.MICROSOFT_CLIENT_SECRET)
            .with("scope", "openid email offline_access");
    signsIn("microsoft", document.getString("token_endpoint"), signIn);
  }

  private void signsIn(String provider, String endpoint, SignIn signIn) {
    Map<String, Object> code = code(endpoint, signIn.code("ada@example.com"));
    JsonObject tokens = Await.result(ask(provider, "token", code)).jsonBody();
    assertEquals("ada@example.com", SignIn.claims(tokens.getString("id_token")).getString("email"));
    Reply again = Await.result(ask(provider, "token", code));
    assertEquals(400, again.status());
    assertEquals("invalid_grant", again.jsonBody().getString("error"));
    JsonObject others =
        Await.result(ask(provider, "token", code(endpoint, signIn.code("ada@example.com"))))
            .jsonBody();
    Map<String, Object> refresh =
        Map.of(
            "endpoint",
            endpoint,
            "grant_type",
            "refresh_token",
            "refresh_token",
            others.getString("refresh_token"),
            "scope",
            "openid email");
    assertTrue(Await.result(ask(provider, "token", refresh)).jsonBody().containsKey("id_token"));
  }

  @Test
  void aWrongSecretIsTheCallersToRead() {
    start("google", google(sandbox.sandbox().url()), "SLUICE_PROVIDERS_GOOGLE_CLIENTSECRET", "no");
    Reply reply =
        Await.result(ask("google", "token", code(sandbox.sandbox().url() + "/token", "x")));
    assertEquals(401, reply.status());
    assertEquals("invalid_client", reply.jsonBody().getString("error"));
  }

  @Test
  void aCodeIsSentOnceWhateverComes() {
    List<HttpServerRequest> requests = new CopyOnWriteArrayList<>();
    String url =
        serve(
            request -> {
              requests.add(request);
              request.response().setStatusCode(503).end("{}");
            });
    start("google", google(url), "SLUICE_PROVIDERS_GOOGLE_TRAFFIC_RETRY_DELAY", "1ms");
    assertBroken(ask("google", "token", code(url, "x")));
    assertEquals(1, requests.size());
    assertBroken(ask("google", "discovery", Map.of()));
    assertEquals(1 + 3, requests.size(), "the document may be asked for again");
  }

  @ParameterizedTest
  @CsvSource({
    "token, 200, <html>",
    "token, 400, <html>",
    "token, 200, []",
    "token, 201, {}",
    "token, 302, {}",
    "token, 403, {}",
    "discovery, 200, <html>",
    "discovery, 301, {}",
    "discovery, 400, {}",
    "discovery, 404, {}",
  })
  void whatIsNoAnswerFails(String operation, int status, String body) {
    String url = serve(request -> request.response().setStatusCode(status).end(body));
    start("google", google(url), "SLUICE_PROVIDERS_GOOGLE_TRAFFIC_RETRY_DELAY", "1ms");
    Map<String, Object> params = operation.equals("token") ? code(url, "x") : Map.of();
    assertBroken(ask("google", operation, params));
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(
      strings = {
        "http://example.com/token",
        "http://localhost.example.com/token",
        "https://user@example.com/token",
        "https://example.com/token#x",
        "ftp://localhost/token",
        "/token",
        "no url"
      })
  void theSecretStaysHere(String endpoint) {
    start("google", google(sandbox.sandbox().url()));
    Map<String, Object> params = new HashMap<>(code("", "x"));
    params.remove("endpoint");
    if (endpoint != null) params.put("endpoint", endpoint);
    assertBroken(ask("google", "token", params));
  }

  @Test
  void itSaysWhatItLacksAndNeverItsSecret() {
    OpenIdSettings none = settings("google", Map.of());
    assertEquals("providers.google.clientId", new OpenIdUpstream("google", none).missingSetting());
    Map<String, String> id = Map.of("SLUICE_PROVIDERS_GOOGLE_CLIENTID", "id");
    assertEquals(
        "providers.google.clientSecret",
        new OpenIdUpstream("google", settings("google", id)).missingSetting());
    OpenIdSettings whole = settings("google", google("http://localhost"));
    assertNull(new OpenIdUpstream("google", whole).missingSetting());
    assertFalse(whole.toString().contains(Sandbox.GOOGLE_CLIENT_SECRET), whole.toString());
    assertEquals(
        "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration",
        settings("microsoft", Map.of()).discoveryUrl());
  }

  @Test
  void withoutAClientIdItIsNotThere() {
    assertEquals(List.of("twitch"), mounted(Map.of()));
    assertEquals(List.of("twitch", "google"), mounted(google("http://localhost")));
    assertEquals(List.of("twitch", "microsoft"), mounted(microsoft("http://localhost")));
  }

  private static List<String> mounted(Map<String, String> environment) {
    Settings settings = Settings.load(null, environment, Map.of());
    return Mounts.standard(settings).upstreams().keySet().stream().map(Upstream::name).toList();
  }

  private static void assertBroken(Future<Reply> reply) {
    Failure failure = Await.failure(reply);
    assertEquals("PROVIDER_ERROR", failure.code());
    assertEquals(502, failure.status());
  }

  private static Map<String, Object> code(String endpoint, String code) {
    return Map.of(
        "endpoint",
        endpoint,
        "grant_type",
        "authorization_code",
        "code",
        code,
        "redirect_uri",
        SignIn.REDIRECT,
        "code_verifier",
        SignIn.VERIFIER);
  }

  private static SignIn signIn(String authorize, String token) {
    return new SignIn(
        sandbox, authorize, token, Sandbox.GOOGLE_CLIENT_ID, Sandbox.GOOGLE_CLIENT_SECRET);
  }

  private String serve(Consumer<HttpServerRequest> answer) {
    HttpServer server = vertx.createHttpServer().requestHandler(answer::accept);
    Await.result(server.listen(0, "127.0.0.1"));
    return "http://127.0.0.1:" + server.actualPort();
  }

  private void start(String name, Map<String, String> environment, String... more) {
    Map<String, String> all = new HashMap<>(environment);
    if (more.length == 2) all.put(more[0], more[1]);
    OpenIdSettings settings = settings(name, all);
    Providers providers = new Providers(vertx, new Metrics(), new Health());
    Await.result(providers.deploy(new OpenIdUpstream(name, settings), settings.traffic()));
  }

  private Future<Reply> ask(String provider, String operation, Map<String, Object> params) {
    Call call = Call.of(operation, params, Deadline.inMillis(15_000));
    return Providers.address(provider).ask(vertx, call, call.deadline());
  }

  private static OpenIdSettings settings(String name, Map<String, String> environment) {
    Settings.Providers providers = Settings.load(null, environment, Map.of()).providers();
    return name.equals("google") ? providers.google() : providers.microsoft();
  }

  private static Map<String, String> google(String url) {
    return Map.of(
        "SLUICE_PROVIDERS_GOOGLE_AUTHURL",
        url,
        "SLUICE_PROVIDERS_GOOGLE_CLIENTID",
        Sandbox.GOOGLE_CLIENT_ID,
        "SLUICE_PROVIDERS_GOOGLE_CLIENTSECRET",
        Sandbox.GOOGLE_CLIENT_SECRET);
  }

  private static Map<String, String> microsoft(String url) {
    return Map.of(
        "SLUICE_PROVIDERS_MICROSOFT_AUTHURL",
        url,
        "SLUICE_PROVIDERS_MICROSOFT_CLIENTID",
        Sandbox.MICROSOFT_CLIENT_ID,
        "SLUICE_PROVIDERS_MICROSOFT_CLIENTSECRET",
        Sandbox.MICROSOFT_CLIENT_SECRET);
  }
}
