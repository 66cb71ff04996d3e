package dev.sluice.sandbox;

import static dev.sluice.sandbox.RunningSandbox.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxTest {

  @RegisterExtension static final RunningSandbox running = new RunningSandbox();

  @Test
  void namesItsAddress() {
    assertEquals("http://127.0.0.1:" + running.sandbox().port(), running.sandbox().url());
  }

  @Test
  void aPortInUseFailsTheStartWithItsName() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertCannotStart(taken.getLocalPort());
    }
  }

  @Test
  void aPortInUseByTheSameVertxFailsTheStartToo() {
    assertCannotStart(running.sandbox().port());
  }

  private static void assertCannotStart(int port) {
    var failed =
        assertThrows(
            CompletionException.class,
            () -> await(Sandbox.start(running.vertx(), "127.0.0.1", port)));
    String message = failed.getCause().getMessage();
    assertTrue(message.startsWith("The sandbox cannot listen on 127.0.0.1:" + port), message);
  }

  @Test
  void aSecondSandboxHasTheSameDataAndItsOwnState() {
    Sandbox second = await(Sandbox.start(running.vertx(), "127.0.0.1", 0));
    assertNotEquals(running.sandbox().port(), second.port());
    HttpClient client = running.vertx().createHttpClient();
    String token = running.appToken();
    String asked = "/helix/clips?broadcaster_id=19571641&first=100";
    assertEquals(401, status(client, second, asked, token));
    String there = token(client, second);
    assertEquals(
        running.helix(token, asked.substring(6)).body(), body(client, second, asked, there));
    await(second.close());
    assertThrows(CompletionException.class, () -> status(client, second, asked, there));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void speaksClearTextHttp2(boolean byUpgrade) {
    HttpClient client =
        running
            .vertx()
            .createHttpClient(
                new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(byUpgrade));
    HttpClientResponse response =
        await(
            send(
                client,
                running.sandbox(),
                "/helix/users?login=ninja",
                running.appToken(),
                Future::succeededFuture));
    assertEquals(HttpVersion.HTTP_2, response.version());
    assertEquals(200, response.statusCode());
  }

  private static int status(HttpClient client, Sandbox to, String uri, String token) {
    return await(
        send(client, to, uri, token, answer -> Future.succeededFuture(answer.statusCode())));
  }

  private static String body(HttpClient client, Sandbox to, String uri, String token) {
    return await(send(client, to, uri, token, HttpClientResponse::body)).toString();
  }

  private static String token(HttpClient client, Sandbox to) {
    return new JsonObject(
            await(
                    client
                        .request(
                            HttpMethod.POST,
                            to.port(),
                            "127.0.0.1",
                            "/oauth2/token?"
                                + RunningSandbox.CLIENT
                                + "&grant_type=client_credentials")
                        .compose(request -> request.send().compose(HttpClientResponse::body)))
                .toString())
        .getString("access_token");
  }

  /** {@code what} is asked of the answer on its event loop, before a body can have passed. */
  private static <T> Future<T> send(
      HttpClient client,
      Sandbox to,
      String uri,
      String token,
      Function<HttpClientResponse, Future<T>> what) {
    return client
        .request(HttpMethod.GET, to.port(), "127.0.0.1", uri)
        .compose(
            request ->
                request
                    .putHeader("authorization", "Bearer " + token)
                    .putHeader("client-id", Sandbox.TWITCH_CLIENT_ID)
                    .send()
                    .compose(what));
  }
}
