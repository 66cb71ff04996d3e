package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.Await;
import dev.sluice.harness.RunningGateway;
import dev.sluice.identity.Person;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Server-sent events of channels. */
class EventStreamIT {
  private static final String PATH = "/api/notifications/stream";
  private static final String YAML =
      """
      channels: { history: 100, kinds: { news: { subscribe: ["*"], publish: ["*"] } } }
      sockets: { channels: 3 }
      """;
  private static RunningGateway gateway;
  private static HttpClient http1;
  private static HttpClient http2;
  private static Person ada;
  private final String news = "news:" + UUID.randomUUID();

  @BeforeAll
  static void start() {
    gateway =
        new RunningGateway(
            Map.of(
                "SLUICE_APPS", "identity,traffic,realtime,notebook",
                "SLUICE_STORE_REDISTIMEOUT", "2s"),
            YAML);
    http1 = gateway.vertx().createHttpClient();
    http2 =
        gateway
            .vertx()
            .createHttpClient(
                new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false));
    ada = Person.signedIn(gateway, "ada@example.com");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  /** A response that is read as an EventSource does. */
  private static final class Stream {
    private final BlockingQueue<Map<String, String>> events = new LinkedBlockingQueue<>();
    private final StringBuilder rest = new StringBuilder();
    private HttpClientRequest request;
    private HttpClientResponse response;
    private volatile boolean ended;
    private volatile String lastId;
    private volatile boolean closed;

    static Stream open(HttpClient client, String uri, String lastId) {
      Stream stream = new Stream();
      await(
          Await.begun(
              gateway.vertx(),
              () ->
                  client
                      .request(HttpMethod.GET, gateway.port(), "127.0.0.1", uri)
                      .compose(
                          request -> {
                            stream.request = request;
                            request.putHeader("Authorization", "Bearer " + ada.accessToken);
                            if (lastId != null) request.putHeader("Last-Event-ID", lastId);
                            return request.send();
                          })
                      .onSuccess(stream::read)));
      assertEquals(200, stream.response.statusCode());
      assertEquals("text/event-stream", stream.response.getHeader("Content-Type"));
      assertEquals("no-store", stream.response.getHeader("Cache-Control"));
      Map<String, String> first = stream.next();
      assertEquals("3000", first.get("retry"));
      stream.next(); // the id alone
      return stream;
    }

    private void read(HttpClientResponse response) {
      this.response = response;
      response.endHandler(end -> ended = true);
      response.exceptionHandler(broken -> ended = true);
      response.handler(
          part -> {
            if (closed) return; // what still comes is not had, and comes again
            rest.append(part.toString());
            for (int at = rest.indexOf("\n\n"); at >= 0; at = rest.indexOf("\n\n")) {
              Map<String, String> event = new HashMap<>();
              for (String line : rest.substring(0, at).split("\n")) {
                int colon = line.indexOf(':');
                event.put(line.substring(0, colon), line.substring(colon + 1).strip());
              }
              rest.delete(0, at + 2);
              if (event.containsKey("id")) lastId = event.get("id");
              events.add(event);
            }
          });
    }

    private Map<String, String> next() {
      try {
        Map<String, String> event = events.poll(20, TimeUnit.SECONDS);
        if (event == null) throw new AssertionError("no event came");
        return event;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    /** The data of the next event that has some. */
    JsonObject data() {
      Map<String, String> event = next();
      while (!event.containsKey("data")) event = next();
      return new JsonObject(event.get("data"));
    }

    void close() {
      closed = true;
      request.reset();
    }
  }

  private static void publish(String channel, Object data) {
    await(gateway.gateway().channels().publish(channel, "SAID", data));
  }

  private static HttpClient client(HttpVersion version) {
    return version == HttpVersion.HTTP_2 ? http2 : http1;
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void eventsComeAndWhoComesBackGoesOn(HttpVersion version) {
    Stream stream = Stream.open(client(version), PATH + "?channel=" + news, null);
    for (int i = 0; i < 3; i++) {
      publish(news, i);
      JsonObject data = stream.data();
      assertEquals("SAID", data.getString("type"));
      assertEquals(i, data.getInteger("data"));
      assertEquals(news, data.getString("channel"));
      assertEquals(stream.lastId, data.getString("id"));
    }
    stream.close();
    for (int i = 3; i < 60; i++) publish(news, i);
    Stream back = Stream.open(client(version), PATH + "?channel=" + news, stream.lastId);
    for (int i = 3; i < 60; i++) assertEquals(i, back.data().getInteger("data"));
    publish(news, 60);
    assertEquals(60, back.data().getInteger("data"));
    back.close();
  }

  @Test
  void whoComesBackTooLateIsToldSo() {
    Stream stream = Stream.open(http1, PATH + "?channel=" + news, null);
    publish(news, 0);
    stream.data();
    stream.close();
    for (int i = 1; i < 400; i++) publish(news, i);
    Stream back = Stream.open(http1, PATH + "?channel=" + news, stream.lastId);
    assertEquals("RESYNC", back.data().getString("type"));
    publish(news, 400);
    assertEquals(400, back.data().getInteger("data"));
    back.close();
  }

  /** A token that nobody has looked at yet is asked about, and the request waits for that. */
  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void aTokenThatIsNewIsLookedAt(HttpVersion version) {
    String was = ada.accessToken;
    try {
      for (int i = 0; i < 2; i++) {
        ada.accessToken = Person.signedIn(gateway, "x" + version + i + "@example.com").accessToken;
        Stream.open(client(version), PATH, null).close();
      }
    } finally {
      ada.accessToken = was;
    }
  }

  @Test
  void severalChannelsAreOneStream() {
    String other = "news:" + UUID.randomUUID();
    String uri = PATH + "?channel=" + news + "&channel=" + other;
    Stream stream = Stream.open(http1, uri, null);
    publish(news, 1);
    assertEquals(1, stream.data().getInteger("data"));
    publish(other, 2);
    assertEquals(2, stream.data().getInteger("data"));
    stream.close();
    publish(other, 3);
    publish(news, 4);
    Stream back = Stream.open(http1, uri, stream.lastId);
    assertEquals(7, back.data().getInteger("data") + back.data().getInteger("data"));
    back.close();
  }

  @Test
  void withoutAChannelItIsOnesOwn() {
    String id = ada.user.getString("id");
    Stream stream = Stream.open(http1, PATH + "?token=" + ada.accessToken, null);
    publish("user:" + id, new JsonObject().put("a", 1));
    assertEquals(new JsonObject().put("a", 1), stream.data().getJsonObject("data"));
    stream.close();
    gateway.until("it is gone", () -> !await(gateway.gateway().channels().hears(id)));
  }

  @ParameterizedTest
  @CsvSource({
    "?channel=user:other, 403, FORBIDDEN",
    "?channel=none:x, 404, NO_SUCH_CHANNEL",
    "?channel=x, 400, VALIDATION_ERROR",
    "?channel=news:a&lastEventId=yesterday, 400, VALIDATION_ERROR",
    "'?channel=news:a&lastEventId=1-1,1-2', 400, VALIDATION_ERROR",
    "?channel=news:a&channel=news:b&channel=news:c&channel=news:d, 400, VALIDATION_ERROR",
  })
  void whatIsNotPossibleIsRefused(String query, int status, String code) {
    var answer = ada.get(PATH + query);
    assertEquals(status, answer.statusCode(), answer.bodyAsString());
    assertEquals(code, error(answer).getString("code"));
    assertEquals(401, gateway.get(PATH + query).statusCode());
  }

  @Test
  void aRevokedTokenEndsTheStream() {
    Person eve = Person.signedIn(gateway, "eve@example.com");
    String was = ada.accessToken;
    ada.accessToken = eve.accessToken;
    Stream stream = Stream.open(http1, PATH, null);
    ada.accessToken = was;
    eve.post("/auth/revoke", new JsonObject().put("token", eve.accessToken));
    JsonObject last = stream.data();
    assertEquals("ERROR", last.getString("type"));
    assertEquals("UNAUTHORIZED", last.getJsonObject("data").getString("code"));
    gateway.until("an end", () -> stream.ended);
  }

  @Test
  void whoReadsSlowlyHearsAllTheSame() {
    Stream stream = Stream.open(http1, PATH + "?channel=" + news, null);
    stream.response.pause();
    String text = "x".repeat(40_000);
    for (int i = 0; i < 90; i++) publish(news, i + text);
    stream.response.resume();
    for (int i = 0; i < 90; i++) assertEquals(i + text, stream.data().getString("data"));
    assertNull(stream.events.peek());
    stream.close();
  }

  @Test
  void aDrainEndsIt() {
    RunningGateway own =
        new RunningGateway(Map.of("SLUICE_APPS", "identity,realtime,notebook"), YAML);
    Person eve = Person.signedIn(own, "eve@example.com");
    Stream stream = new Stream();
    await(
        Await.begun(
            gateway.vertx(),
            () ->
                http1
                    .request(HttpMethod.GET, own.port(), "127.0.0.1", PATH)
                    .compose(
                        request ->
                            request.putHeader("Authorization", "Bearer " + eve.accessToken).send())
                    .onSuccess(stream::read)));
    stream.next();
    own.close();
    gateway.until("an end", () -> stream.ended);
    assertTrue(stream.rest.isEmpty(), "no half event");
  }
}
