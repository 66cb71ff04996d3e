package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A gateway that stops while it has connections. */
class DrainIT {
  private final Vertx vertx = Vertx.vertx();
  private volatile Consumer<HttpServerRequest> api = request -> request.response().end("ok");
  private RunningGateway gateway;
  private Future<Void> closed = Future.succeededFuture();

  private void start(Map<String, String> settings) {
    int port =
        await(
                vertx
                    .createHttpServer()
                    .requestHandler(request -> api.accept(request))
                    .listen(0, "127.0.0.1"))
            .actualPort();
    gateway =
        new RunningGateway(
            settings,
            """
            upstreams: { api: { url: "http://127.0.0.1:%d" } }
            routes: [{ path: "/o/**", upstream: api, stripPrefix: /o }]
            """
                .formatted(port));
  }

  @AfterEach
  void stop() {
    await(closed);
    gateway.close();
    await(vertx.close());
  }

  @Test
  void anIdleConnectionMayAskOnceMoreAndIsToldThatItWasTheLastTime() throws IOException {
    start(Map.of());
    try (Client kept = new Client();
        Client page = new Client();
        Client hit = new Client()) {
      assertFalse(kept.ask("/o/x").contains("connection: close"));
      page.ask("/livez");
      hit.ask("/clips?channel=ninja");
      drain();
      assertTellsTheEnd(kept, kept.ask("/o/x"));
      assertTellsTheEnd(page, page.ask("/readyz"), 503);
      assertTellsTheEnd(hit, hit.ask("/clips?channel=ninja"));
    }
    await(closed);
  }

  @Test
  void whoAsksNothingIsLetGo() throws IOException {
    start(Map.of());
    try (Client silent = new Client();
        Client idle = new Client()) {
      idle.ask("/o/x");
      closed = gateway.gateway().close();
      assertEquals("", idle.rest());
      assertEquals("", silent.rest());
    }
    await(closed);
  }

  @Test
  void aRequestUnderWayIsAnsweredAndToldTheEnd() throws IOException {
    start(Map.of());
    Promise<HttpServerRequest> asked = Promise.promise();
    api = asked::complete;
    try (Client waiting = new Client()) {
      waiting.send("/o/slow");
      HttpServerRequest request = await(asked.future());
      drain();
      request.response().end("late");
      String answer = waiting.receive();
      assertTrue(answer.endsWith("late"), answer);
      assertTellsTheEnd(waiting, answer);
    }
    await(closed);
  }

  @Test
  void aRequestThatIsHalfSentIsStillTaken() throws IOException {
    start(Map.of());
    try (Client slow = new Client()) {
      slow.ask("/o/x");
      slow.raw("GET /o/y HTTP/1.1\r\nHost: ");
      drain();
      slow.raw("x\r\n\r\n");
      assertTellsTheEnd(slow, slow.receive());
    }
    await(closed);
  }

  @Test
  void http2IsToldAndItsStreamsEnd() {
    start(Map.of());
    Promise<HttpServerRequest> asked = Promise.promise();
    api = asked::complete;
    HttpClientAgent client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    HttpClientConnection connection =
        await(
            client.connect(new HttpConnectOptions().setHost("127.0.0.1").setPort(gateway.port())));
    Promise<Integer> lastStream = Promise.promise();
    Promise<Void> gone = Promise.promise();
    connection.goAwayHandler(away -> lastStream.tryComplete(away.getLastStreamId()));
    connection.closeHandler(v -> gone.complete());
    Future<Buffer> late =
        connection
            .request(new RequestOptions().setMethod(HttpMethod.GET).setURI("/o/slow"))
            .compose(request -> request.send().compose(HttpClientResponse::body));
    HttpServerRequest request = await(asked.future());
    closed = gateway.gateway().close();
    assertEquals(Integer.MAX_VALUE, await(lastStream.future()), "first, nothing is refused");
    assertFalse(late.isComplete());
    request.response().end("late");
    assertEquals("late", await(late).toString());
    await(gone.future());
    await(closed);
  }

  @Test
  void whileBalancersNoticeItServesAndIsNotReady() throws IOException {
    start(Map.of("SLUICE_SERVER_DRAINDELAY", "5s")); // the first requests may take a while
    closed = gateway.gateway().close();
    try (Client fresh = new Client()) {
      assertTrue(fresh.ask("/readyz").startsWith("HTTP/1.1 503"));
      String answer = fresh.ask("/o/x");
      assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
      assertFalse(answer.contains("connection: close"), answer);
      while (!isTold(answer)) answer = fresh.ask("/o/x");
      assertTellsTheEnd(fresh, answer);
    }
    await(closed);
  }

  @Test
  void whatTakesTooLongIsGivenUp() throws IOException {
    start(Map.of("SLUICE_SERVER_DRAINTIMEOUT", "500ms"));
    Promise<HttpServerRequest> asked = Promise.promise();
    api = asked::complete;
    try (Client waiting = new Client()) {
      waiting.send("/o/slow");
      await(asked.future());
      closed = gateway.gateway().close();
      assertEquals("", waiting.rest());
    }
    await(closed);
  }

  private static void assertTellsTheEnd(Client client, String answer) throws IOException {
    assertTellsTheEnd(client, answer, 200);
  }

  private static void assertTellsTheEnd(Client client, String answer, int status)
      throws IOException {
    assertTrue(answer.startsWith("HTTP/1.1 " + status), answer);
    assertTrue(isTold(answer), answer);
    assertEquals("", client.rest());
  }

  /** Until every event loop has begun to tell its connections. */
  private void drain() throws IOException {
    List<Client> probes = new ArrayList<>();
    for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
      probes.add(new Client());
      probes.get(i).ask("/livez");
    }
    closed = gateway.gateway().close();
    for (Client probe : probes) {
      while (!isTold(probe.ask("/livez"))) Thread.onSpinWait();
      probe.close();
    }
    assertThrows(ConnectException.class, Client::new, "and nobody is accepted");
  }

  private static boolean isTold(String answer) {
    return answer.toLowerCase().contains("connection: close\r\n");
  }

  /** One connection of HTTP/1.1, byte by byte. */
  private final class Client implements AutoCloseable {
    private final Socket socket = new Socket("127.0.0.1", gateway.port());

    Client() throws IOException {
      socket.setSoTimeout(30_000);
    }

    void raw(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    void send(String target) throws IOException {
      raw("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    String ask(String target) throws IOException {
      send(target);
      return receive();
    }

    /** An answer with a Content-Length. */
    String receive() throws IOException {
      StringBuilder text = new StringBuilder();
      while (!text.toString().endsWith("\r\n\r\n")) text.append(next(text));
      String head = text.toString().toLowerCase();
      int length = Integer.parseInt(head.replaceAll("(?s).*content-length: (\\d+).*", "$1"));
      for (int i = 0; i < length; i++) text.append(next(text));
      return text.toString();
    }

    private char next(StringBuilder before) throws IOException {
      int read = socket.getInputStream().read();
      if (read < 0) throw new IOException("closed after: " + before);
      return (char) read;
    }

    /** What comes until the gateway closes. */
    String rest() throws IOException {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
