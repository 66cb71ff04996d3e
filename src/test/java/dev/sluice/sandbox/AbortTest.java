package dev.sluice.sandbox;

import static dev.sluice.sandbox.RunningSandbox.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client that goes away is counted at once, not when its answer would have been due. */
class AbortTest {

  @RegisterExtension static final RunningSandbox sandbox = new RunningSandbox();

  /** Held here, because Vert.x closes a client that nobody refers to. */
  private static final Map<HttpVersion, HttpClient> CLIENTS = new EnumMap<>(HttpVersion.class);

  @BeforeAll
  static void connect() {
    for (HttpVersion version : List.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)) {
      HttpClientOptions options = new HttpClientOptions().setProtocolVersion(version);
      options.setHttp2ClearTextUpgrade(false);
      CLIENTS.put(version, sandbox.vertx().createHttpClient(options));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void countsAClientThatGoesAway(HttpVersion version) {
    sandbox.fault(new JsonObject().put("operation", "get-clips").put("delayMs", 60_000));
    HttpClientRequest request = await(request(version));
    request.end();
    await(until("inFlight", 1));
    request.reset(8);
    await(until("inFlight", 0));
    JsonObject aborted = sandbox.calls().getJsonObject("aborted");
    assertEquals(1, aborted.getInteger("get-clips"));
    assertEquals(0, aborted.getInteger("get-users"));
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void aWholeAnswerIsNoAbort(HttpVersion version) {
    await(request(version).compose(request -> request.send().compose(HttpClientResponse::body)));
    JsonObject calls = sandbox.calls();
    assertEquals(1, calls.getJsonObject("operations").getInteger("get-clips"));
    assertEquals(0, calls.getJsonObject("aborted").getInteger("get-clips"));
    assertEquals(0, calls.getInteger("inFlight"));
  }

  @Test
  void countsAClientThatGoesAwayWithinTheBody() {
    String token = sandbox.appToken();
    HttpClientRequest request =
        await(request(HttpVersion.HTTP_2, "/helix/clips?game_id=509658&first=100"));
    request
        .putHeader("authorization", "Bearer " + token)
        .putHeader("client-id", Sandbox.TWITCH_CLIENT_ID);
    HttpClientResponse response = await(request.send().onSuccess(HttpClientResponse::pause));
    assertEquals(200, response.statusCode());
    await(until("inFlight", 1));
    request.reset(8);
    await(until("inFlight", 0));
    assertEquals(1, sandbox.calls().getJsonObject("aborted").getInteger("get-clips"));
  }

  @Test
  void countsTheMostCallsThatWereOpenTogether() {
    sandbox.fault(new JsonObject().put("operation", "get-clips").put("delayMs", 60_000));
    HttpClientRequest first = await(request(HttpVersion.HTTP_1_1));
    HttpClientRequest second = await(request(HttpVersion.HTTP_1_1));
    first.end();
    second.end();
    await(until("inFlight", 2));
    first.reset();
    second.reset();
    await(until("inFlight", 0));
    assertEquals(2, sandbox.calls().getInteger("maxConcurrent"));
  }

  private static Future<HttpClientRequest> request(HttpVersion version) {
    return request(version, "/helix/clips?game_id=33214");
  }

  private static Future<HttpClientRequest> request(HttpVersion version, String uri) {
    return CLIENTS.get(version).request(HttpMethod.GET, sandbox.sandbox().port(), "127.0.0.1", uri);
  }

  private static Future<Void> until(String gauge, int value) {
    return CLIENTS
        .get(HttpVersion.HTTP_1_1)
        .request(HttpMethod.GET, sandbox.sandbox().port(), "127.0.0.1", "/control/calls")
        .compose(request -> request.send().compose(response -> response.body()))
        .compose(
            body ->
                gauge(body, gauge) == value
                    ? Future.succeededFuture()
                    : sandbox
                        .vertx()
                        .timer(5, TimeUnit.MILLISECONDS)
                        .compose(tick -> until(gauge, value)));
  }

  private static int gauge(Buffer calls, String gauge) {
    return calls
        .toJsonObject()
        .getJsonObject("providers")
        .getJsonObject("twitch")
        .getInteger(gauge);
  }
}
