package dev.sluice.sandbox;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One sandbox for a test class, reset before each test. Whatever goes through it is checked against
 * the provider's contract where that is at hand.
 */
public final class RunningSandbox
    implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {

  public static final String FORM = "application/x-www-form-urlencoded";
  public static final String CLIENT =
      "client_id=" + Sandbox.TWITCH_CLIENT_ID + "&client_secret=" + Sandbox.TWITCH_CLIENT_SECRET;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Vertx vertx;
  private Sandbox sandbox;

  @Override
  public void beforeAll(ExtensionContext context) {
    vertx =
        Vertx.vertx(
            new VertxOptions()
                .setMaxEventLoopExecuteTime(1)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.SECONDS));
    sandbox = await(Sandbox.start(vertx, "127.0.0.1", 0));
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    control("DELETE", "", null);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    await(sandbox.close());
    await(vertx.close());
  }

  public static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }

  public Vertx vertx() {
    return vertx;
  }

  public Sandbox sandbox() {
    return sandbox;
  }

  public Reply send(String method, String uri, String body, String... headers) {
    BodyPublisher publisher =
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(sandbox.url() + uri))
            .timeout(Duration.ofSeconds(10))
            .method(method, publisher);
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      var response = client.send(request.build(), BodyHandlers.ofString());
      Reply reply = new Reply(response.statusCode(), response.headers(), response.body());
      if (isTwitchs(uri) && !reply.body().startsWith("<html>")) {
        ProviderContract.twitch().ifPresent(c -> c.check(method, URI.create(uri), body, reply));
      }
      return reply;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isTwitchs(String uri) {
    return uri.startsWith("/helix/")
        || uri.startsWith("/oauth2/") && !uri.startsWith("/oauth2/v3/");
  }

  public Reply control(String method, String path, JsonObject body) {
    return send(method, "/control" + path, body == null ? null : body.encode());
  }

  public void fault(JsonObject fault) {
    control("POST", "/faults", fault.put("provider", "twitch"));
  }

  public JsonObject calls() {
    return control("GET", "/calls", null).json().getJsonObject("providers").getJsonObject("twitch");
  }

  public Reply postForm(String path, String form) {
    return send("POST", path, form, "content-type", FORM);
  }

  public String appToken() {
    return postForm("/oauth2/token", CLIENT + "&grant_type=client_credentials")
        .json()
        .getString("access_token");
  }

  public JsonObject userToken(String login, String... scopes) {
    JsonObject wanted =
        new JsonObject()
            .put("provider", "twitch")
            .put("login", login)
            .put("scopes", new JsonArray(List.of(scopes)));
    return control("POST", "/tokens", wanted).json();
  }

  /** A Helix request with the sandbox's client id. */
  public Reply helix(String token, String uri) {
    return send(
        "GET",
        "/helix" + uri,
        null,
        "authorization",
        "Bearer " + token,
        "client-id",
        Sandbox.TWITCH_CLIENT_ID);
  }
}
