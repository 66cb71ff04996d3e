package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.conf.FileWatch;
import dev.sluice.harness.Await;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.SocketOrigin;
import dev.sluice.harness.SocketOrigin.Peer;
import dev.sluice.harness.TestCertificate;
import dev.sluice.harness.Wire;
import dev.sluice.identity.Person;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sockets that the gateway passes on to the upstreams of prefix routes. */
class ProxiedSocketsIT {
  private static final Vertx vertx = Vertx.vertx();
  private static final SelfSignedCertificate theirs = SelfSignedCertificate.create("api.test");
  private static final WebSocketClient client =
      vertx.createWebSocketClient(
          new WebSocketClientOptions()
              .setTryUsePerMessageCompression(true)
              .setMaxFrameSize(4 << 20)
              .setMaxMessageSize(4 << 20));
  @TempDir static Path dir;
  private static TestCertificate ours;
  private static SocketOrigin origin;
  private static RunningGateway gateway;
  private static Person ada;

  @BeforeAll
  static void start() throws IOException {
    origin = new SocketOrigin();
    int echo = echo(new HttpServerOptions()).actualPort();
    int secure =
        echo(new HttpServerOptions().setSsl(true).setKeyCertOptions(theirs.keyCertOptions()))
            .actualPort();
    ours = TestCertificate.make(dir, "ours");
    ours.writeTo(dir.resolve("cert.pem"), dir.resolve("key.pem"));
    gateway =
        new RunningGateway(
            Map.of(
                "SLUICE_APPS", "identity,traffic,studio,notebook",
                "SLUICE_SERVER_TLS_PORT", "0",
                "SLUICE_SERVER_TLS_CERTIFICATE", dir.resolve("cert.pem").toString(),
                "SLUICE_SERVER_TLS_KEY", dir.resolve("key.pem").toString(),
                "SLUICE_SERVER_IDLETIMEOUT", "4s"),
            """
            upstreams:
              echo: { url: "http://127.0.0.1:%d", connections: 4 }
              secure: { url: "https://127.0.0.1:%d", tls: { ca: "%s", serverName: api.test } }
              raw: { url: "http://127.0.0.1:%d" }
              slow: { url: "http://127.0.0.1:%d", idleTimeout: 400ms }
              few: { url: "http://127.0.0.1:%d", sockets: { max: 2, idleTimeout: 400ms } }
              gone: { url: "http://127.0.0.1:1" }
            routes:
              - { path: "/echo/**", upstream: echo, stripPrefix: /echo, limit: none }
              - { path: "/secure/**", upstream: secure, stripPrefix: /secure }
              - { path: "/raw/**", upstream: raw, stripPrefix: /raw }
              - { path: "/cached/**", upstream: raw, cache: http }
              - { path: "/slow/**", upstream: slow }
              - { path: "/few/**", upstream: few }
              - { path: "/gone/**", upstream: gone }
              - { path: "/tight/**", upstream: raw, limit: tight }
              - { path: "/mine/**", upstream: raw, auth: required }
              - { path: "/told/**", upstream: raw, auth: optional, forwardToken: true }
            """
                .formatted(
                    echo,
                    secure,
                    theirs.certificatePath(),
                    origin.port(),
                    origin.port(),
                    origin.port()));
    ada = Person.signedIn(gateway, "ada@example.com");
  }

  /** Sends back every frame as it comes, and answers requests with their path. */
  private static HttpServer echo(HttpServerOptions options) {
    return await(
        vertx
            .createHttpServer(
                options
                    .setPerMessageWebSocketCompressionSupported(true)
                    .setMaxWebSocketFrameSize(4 << 20)
                    .setMaxWebSocketMessageSize(8 << 20))
            .requestHandler(request -> request.response().end(request.path()))
            .webSocketHandler(ProxiedSocketsIT::echo)
            .listen(0, "127.0.0.1"));
  }

  private static void echo(ServerWebSocket socket) {
    socket.frameHandler(
        frame -> {
          boolean data = frame.isText() || frame.isBinary() || frame.isContinuation();
          if (data) socket.writeFrame(frame);
        });
  }

  @AfterAll
  static void stop() throws IOException {
    gateway.close();
    origin.close();
    await(vertx.close());
    theirs.delete();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/echo/x", "/secure/x"})
  void everyKindOfFrameGoesBothWays(String path) throws Exception {
    try (Wire wire = new Wire(gateway.port())) {
      assertFramesPass(wire, path);
    }
    try (Wire wire = new Wire(ours.connect(gateway.tlsPort(), null, "http/1.1"))) {
      assertFramesPass(wire, path);
    }
  }

  private static void assertFramesPass(Wire wire, String path) throws IOException {
    wire.ask(path, "");
    agreed(wire);
    byte[] large = new byte[1 << 20];
    new Random(1).nextBytes(large);
    wire.send(frame(0x81, "hällo".getBytes(StandardCharsets.UTF_8)));
    assertEquals("hällo", wire.frame().text());
    wire.send(frame(0x82, large));
    Wire.Frame back = wire.frame();
    assertEquals(0x82, back.first());
    assertArrayEquals(large, back.payload());
    wire.send(frame(0x01, bytes('a'))).send(frame(0x89, bytes('p'))).send(frame(0x80, bytes('b')));
    List<Integer> kinds = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 3; i++) {
      Wire.Frame one = wire.frame();
      kinds.add(one.first());
      text.append(one.text());
    }
    assertEquals(List.of(0x01, 0x8A, 0x80), kinds);
    assertEquals("apb", text.toString());
    wire.send(frame(0x88, bytes(4001 >> 8, 4001 & 0xFF, 'x')));
    assertEquals(4001, wire.frame().code());
    assertTrue(wire.ended());
  }

  @Test
  void compressionIsAgreedUponEndToEnd() {
    WebSocketConnectOptions to =
        new WebSocketConnectOptions()
            .setHost("127.0.0.1")
            .setPort(gateway.port())
            .setURI("/echo/deflated");
    Promise<Buffer> back = Promise.promise();
    String message = "over and over ".repeat(20_000);
    WebSocket socket =
        await(
            Await.begun(
                vertx,
                () ->
                    client
                        .connect(to)
                        .map(
                            open -> {
                              open.binaryMessageHandler(back::tryComplete);
                              open.writeBinaryMessage(Buffer.buffer(message));
                              return open;
                            })));
    assertTrue(socket.headers().get("sec-websocket-extensions").contains("permessage-deflate"));
    assertEquals(message, await(back.future()).toString());
    await(socket.close((short) 1000));
  }

  @Test
  void theUpstreamIsAskedAsTheClientAsks() throws IOException {
    try (Wire wire = new Wire(gateway.port())) {
      wire.ask(
          "/raw/a%20b?x=1&token=theirs",
          "Origin: https://page.example\r\nSec-WebSocket-Protocol: one, two\r\n"
              + "Sec-WebSocket-Extensions: x-own; y=1\r\nCookie: c=1\r\nX-Request-Id: mine\r\n"
              + "Authorization: Basic eDp5\r\nConnection: X-Hop\r\nX-Hop: 1\r\n");
      try (Peer peer = origin.accept()) {
        String asked = peer.asked().toLowerCase();
        assertTrue(asked.startsWith("get /a%20b?x=1&token=theirs http/1.1\r\n"), asked);
        for (String field :
            List.of(
                "upgrade: websocket",
                "connection: upgrade",
                "sec-websocket-version: 13",
                "sec-websocket-key: dghlihnhbxbszsbub25jzq==",
                "sec-websocket-protocol: one, two",
                "sec-websocket-extensions: x-own; y=1",
                "origin: https://page.example",
                "cookie: c=1",
                "authorization: basic edp5",
                "x-request-id: mine",
                "x-forwarded-for: 127.0.0.1",
                "x-forwarded-prefix: /raw",
                "via: 1.1 sluice",
                "host: 127.0.0.1:" + origin.port())) {
          assertTrue(asked.contains("\r\n" + field + "\r\n"), field + " in " + asked);
        }
        assertTrue(asked.contains("traceparent: "), asked);
        assertFalse(asked.contains("x-hop"), asked);
        peer.agree("Sec-WebSocket-Protocol: two\r\nSet-Cookie: d=2\r\nContent-Length: 5\r\n");
        String head = agreed(wire).toLowerCase();
        for (String field :
            List.of(
                "upgrade: websocket",
                "connection: upgrade",
                "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=",
                "sec-websocket-protocol: two",
                "set-cookie: d=2",
                "x-request-id: mine",
                "via: 1.1 sluice")) {
          assertTrue(head.contains("\r\n" + field + "\r\n"), field + " in " + head);
        }
        assertFalse(head.contains("content-length"), head);
        assertEquals(1, head.split("\r\nconnection: ", -1).length - 1, head);
      }
    }
  }

  @Test
  void whatComesWithTheHandshakeIsNotLost() throws IOException {
    byte[] early = "said before the answer".getBytes(StandardCharsets.US_ASCII);
    try (Wire wire = new Wire(gateway.port()).ask("/raw/x", "", early);
        Peer peer = origin.accept()) {
      peer.agree("", "said with the answer");
      agreed(wire);
      assertEquals("said with the answer", wire.receive(20));
      assertEquals("said before the answer", peer.receive(22));
    }
  }

  /** Any other answer is one, and the connection goes on as HTTP. */
  @ParameterizedTest
  @CsvSource({"200, 5", "401, 0", "404, 5", "426, 5", "503, 5"})
  void anAnswerThatDoesNotAgreeIsPassedOn(int status, int length) throws IOException {
    byte[] next = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    try (Wire wire = new Wire(gateway.port()).ask("/raw/x", "", next);
        Peer peer = origin.accept()) {
      peer.send(
          "HTTP/1.1 "
              + status
              + " No\r\nX-Own: 1\r\nUpgrade: websocket\r\nContent-Length: "
              + length
              + "\r\n\r\n"
              + "hello".substring(0, length));
      String head = wire.head();
      assertTrue(head.startsWith("HTTP/1.1 " + status), head);
      assertTrue(head.contains("X-Own: 1"), head);
      assertEquals("hello".substring(0, length), wire.receive(length));
      assertTrue(wire.head().startsWith("HTTP/1.1 200"), "the next request");
      assertTrue(peer.ended(), "a connection of its own is not kept");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n",
        "Upgrade: websocket\r\nConnection: Upgrade\r\n",
        "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
        "Upgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
        "Upgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: other\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
      })
  void aBadAgreementIsNone(String fields) throws IOException {
    try (Wire wire = new Wire(gateway.port())) {
      wire.ask("/raw/x", "Sec-WebSocket-Protocol: one\r\n");
      try (Peer peer = origin.accept()) {
        peer.send("HTTP/1.1 101 Switching Protocols\r\n" + fields + "\r\n");
        String head = wire.head();
        assertTrue(head.startsWith("HTTP/1.1 502"), head);
        assertTrue(head.contains("proxy-status: Sluice; error=http_upgrade_failed"), head);
        assertTrue(peer.ended());
      }
    }
  }

  @Test
  void anUpstreamThatIsOutOfReachOrSilentIsTold() throws IOException {
    try (Wire wire = new Wire(gateway.port()).ask("/gone/x", "")) {
      assertTrue(wire.head().startsWith("HTTP/1.1 502"));
    }
    try (Wire wire = new Wire(gateway.port()).ask("/slow/x", "");
        Peer peer = origin.accept()) {
      assertTrue(wire.head().startsWith("HTTP/1.1 504"));
      assertTrue(peer.ended());
    }
  }

  /** Another Upgrade, HTTP/1.0 and what is no handshake are requests as they were before. */
  @Test
  void whatAsksForNoSocketIsAPlainRequest() throws IOException {
    String old = "GET /raw/x HTTP/1.0\r\nHost: x\r\nUpgrade: websocket\r\n";
    String other = "GET /raw/x HTTP/1.1\r\nHost: x\r\nUpgrade: foo\r\n";
    String post = "POST /raw/x HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n";
    for (String asked : List.of(old, other, post)) {
      try (Wire wire = new Wire(gateway.port())) {
        wire.send((asked + "Connection: Upgrade\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        try (Peer peer = origin.accept()) {
          assertFalse(peer.asked().toLowerCase().contains("upgrade"), peer.asked());
          peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
          assertTrue(wire.head().contains(" 200 "));
        }
      }
    }
    try (Wire wire = new Wire(gateway.port())) {
      wire.ask("/raw/x", "Sec-WebSocket-Key: another\r\n");
      assertTrue(wire.head().startsWith("HTTP/1.1 400"), "two keys");
    }
  }

  @Test
  void aStoredPageIsNoAnswerToWhoWantsASocket() throws IOException {
    try (Wire wire = new Wire(gateway.port())) {
      wire.send("GET /cached/x HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes());
      try (Peer peer = origin.accept()) {
        peer.send("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 0\r\n\r\n");
        wire.head();
      }
    }
    try (Wire wire = new Wire(gateway.port()).ask("/cached/x", "");
        Peer peer = origin.accept()) {
      peer.agree();
      agreed(wire);
    }
  }

  @Test
  void theEndOfOneSideIsPassedOnAndTheOtherHasItsLastWord() throws IOException {
    try (Wire wire = new Wire(gateway.port()).ask("/raw/x", "");
        Peer peer = origin.accept()) {
      peer.agree();
      agreed(wire);
      wire.send(bytes('b', 'y', 'e'));
      wire.finish();
      assertEquals("bye", peer.receive(3));
      assertTrue(peer.ended());
      peer.send("last word");
      assertEquals("last word", wire.receive(9));
      peer.hangUp();
      assertTrue(wire.ended());
    }
    try (Wire wire = new Wire(gateway.port()).ask("/raw/x", "");
        Peer peer = origin.accept()) {
      peer.agree("", "bye");
      peer.socket().shutdownOutput();
      agreed(wire);
      assertEquals("bye", wire.receive(3));
      assertTrue(wire.ended());
      wire.send(bytes('o', 'k'));
      wire.finish();
      assertEquals("ok", peer.receive(2));
      assertTrue(peer.ended());
    }
    until("nothing is left", () -> gateway.metric("sockets_proxied") == 0);
  }

  @Test
  void whenOneDiesTheOtherIsClosed() throws IOException {
    try (Wire wire = new Wire(gateway.port()).ask("/raw/x", "");
        Peer peer = origin.accept()) {
      peer.agree();
      agreed(wire);
      peer.reset();
      assertTrue(wire.ended());
    }
    try (Wire wire = new Wire(gateway.port()).ask("/raw/x", "");
        Peer peer = origin.accept()) {
      peer.agree();
      agreed(wire);
      wire.reset();
      assertTrue(peer.ended());
    }
    try (Wire wire = new Wire(gateway.port()).ask("/raw/x", "");
        Peer peer = origin.accept()) {
      wire.reset(); // before it is answered
      assertTrue(peer.ended());
    }
    try (Wire wire = new Wire(ours.connect(gateway.tlsPort(), null, "http/1.1"));
        Peer peer = asked(wire)) {
      peer.agree();
      agreed(wire);
      peer.send("bye").hangUp();
      assertEquals("bye", wire.receive(3));
      assertTrue(wire.ended());
    }
    until("nothing is left", () -> gateway.metric("sockets_proxied") == 0);
  }

  /** What a producer could send while nobody reads stays small, and nothing of it is lost. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoReadsSlowlyHoldsTheOtherBack(boolean fromUpstream) throws Exception {
    try (SocketChannel channel = SocketChannel.open()) {
      channel.socket().setReceiveBufferSize(64 << 10);
      channel.connect(new InetSocketAddress("127.0.0.1", gateway.port()));
      Wire wire = new Wire(channel.socket()).ask("/raw/x", "");
      try (Peer peer = origin.accept()) {
        peer.agree();
        agreed(wire);
        if (fromUpstream) {
          Thread writer = new Thread(() -> flood(peer.socket()));
          assertHeld(writer, channel.socket());
        } else {
          Thread writer = new Thread(() -> flood(channel.socket()));
          assertHeld(writer, peer.socket());
        }
      }
    }
  }

  private static final int FLOOD = 96 << 20;
  private static volatile int flooded;

  private static void flood(Socket to) {
    byte[] part = new byte[1 << 16];
    try {
      for (flooded = 0; flooded < FLOOD; flooded += part.length) {
        ByteBuffer.wrap(part).putInt(0, flooded);
        to.getOutputStream().write(part);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertHeld(Thread writer, Socket reader) throws Exception {
    flooded = 0;
    writer.start();
    long[] last = {0, 0}; // bytes, and when that many had come
    Await.until(
        "it is held back",
        () -> {
          if (flooded != last[0]) {
            last[0] = flooded;
            last[1] = System.nanoTime();
          }
          return last[0] > 0 && System.nanoTime() - last[1] > 300_000_000;
        });
    assertTrue(flooded < FLOOD / 2, "only " + (flooded >> 20) + " MiB could be sent");
    InputStream in = reader.getInputStream();
    for (int at = 0; at < FLOOD; at += 1 << 16) {
      assertEquals(at, ByteBuffer.wrap(in.readNBytes(1 << 16)).getInt(0));
    }
    writer.join();
  }

  @Test
  void aSilentOneIsClosedAndThoseAboveTheLimitAreRefused() throws IOException {
    try (Wire one = new Wire(gateway.port()).ask("/few/1", "");
        Peer first = origin.accept();
        Wire two = new Wire(gateway.port()).ask("/few/2", "");
        Peer second = origin.accept();
        Wire three = new Wire(gateway.port()).ask("/few/3", "")) {
      String refused = three.head();
      assertTrue(refused.startsWith("HTTP/1.1 503"), refused);
      assertTrue(refused.contains("retry-after: 1"), refused);
      first.agree();
      second.agree();
      agreed(one);
      agreed(two);
      assertTrue(one.ended(), "it was silent");
      assertTrue(first.ended());
      assertTrue(two.ended());
    }
    until("there is room", () -> gateway.metric("sockets_proxied") == 0);
    try (Wire wire = new Wire(gateway.port()).ask("/few/4", "");
        Peer peer = origin.accept()) {
      peer.agree();
      agreed(wire);
    }
  }

  /** That of HTTP is four seconds here. */
  @Test
  void theTimeoutsOfHttpAreNotThoseOfSockets() throws IOException {
    try (Wire silent = new Wire(gateway.port())) {
      assertTrue(silent.ended(), "one that asks nothing is closed");
      try (Wire wire = new Wire(gateway.port()).ask("/raw/x", "");
          Peer peer = origin.accept()) {
        peer.agree();
        agreed(wire);
        try (Wire other = new Wire(gateway.port())) {
          other.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
          other.head();
          other.receive(1);
          while (!other.ended()) {} // as long as HTTP may be idle
        }
        peer.send("late");
        assertEquals("late", wire.receive(4));
        wire.send(bytes('o', 'k'));
        assertEquals("ok", peer.receive(2));
      }
    }
  }

  @Test
  void manySocketsKeepNoRequestWaiting() throws IOException {
    List<Wire> wires = new ArrayList<>();
    try {
      for (int i = 0; i < 500; i++) {
        wires.add(new Wire(gateway.port()).ask("/echo/" + i, ""));
        agreed(wires.get(i));
      }
      assertEquals(500, gateway.metric("sockets_proxied"));
      for (int i = 0; i < 50; i++) assertEquals(200, gateway.get("/echo/get").statusCode());
      for (Wire wire : wires) wire.send(frame(0x81, bytes('x')));
      for (Wire wire : wires) assertEquals("x", wire.frame().text());
    } finally {
      for (Wire wire : wires) wire.close();
    }
    until("all are gone", () -> gateway.metric("sockets_proxied") == 0);
    until("their upstreams' are, too", () -> upstreamSockets() == 0);
  }

  private static double upstreamSockets() {
    return gateway
        .get("/metrics")
        .bodyAsString()
        .lines()
        .filter(line -> line.startsWith("upstream_sockets{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  @Test
  void whoMayNotIsRefusedBeforeAnybodyIsAsked() throws IOException {
    for (String fields : List.of("", "Authorization: Bearer x\r\n")) {
      try (Wire wire = new Wire(gateway.port()).ask("/mine/x", fields)) {
        assertTrue(wire.head().startsWith("HTTP/1.1 401"));
      }
    }
    try (Wire wire = new Wire(gateway.port()).ask("/mine/x?token=%zz", "")) {
      assertTrue(wire.head().startsWith("HTTP/1.1 4"));
    }
    for (int i = 0; i < 3; i++) {
      try (Wire wire = new Wire(gateway.port()).ask("/tight/x", "");
          Peer peer = origin.accept()) {
        peer.agree();
        assertTrue(agreed(wire).contains("ratelimit: "));
      }
    }
    try (Wire wire = new Wire(gateway.port()).ask("/tight/x", "")) {
      assertTrue(wire.head().startsWith("HTTP/1.1 429"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"header", "protocol", "protocols", "query"})
  void aTokenIsTakenAndNotPassedOn(String way) throws IOException {
    for (String path : List.of("/mine/x", "/told/x")) {
      try (Wire wire = ask(path, way);
          Peer peer = origin.accept()) {
        String asked = peer.asked();
        boolean told = asked.contains("uthorization: Bearer " + ada.accessToken);
        assertEquals(path.startsWith("/told"), told, asked);
        String rest = told ? asked.replace("Bearer " + ada.accessToken, "") : asked;
        assertFalse(rest.contains(ada.accessToken), asked);
        assertFalse(asked.contains("bearer"), asked);
        assertEquals(
            way.equals("protocols"), asked.toLowerCase().contains("protocol: chat, log\r\n"));
        assertTrue(asked.startsWith(way.equals("query") ? "GET " + path + "?a=1&b=2 " : "GET "));
        peer.agree(way.equals("protocols") ? "Sec-WebSocket-Protocol: log\r\n" : "");
        String head = agreed(wire);
        String chosen =
            way.equals("protocols") ? "log" : way.equals("protocol") ? "bearer" : "none";
        boolean said = head.toLowerCase().contains("sec-websocket-protocol: " + chosen + "\r\n");
        assertEquals(!chosen.equals("none"), said, head);
      }
    }
  }

  private static Wire ask(String path, String way) throws IOException {
    String token = ada.accessToken;
    Wire wire = new Wire(gateway.port());
    return switch (way) {
      case "header" -> wire.ask(path, "Authorization: Bearer " + token + "\r\n");
      case "protocol" -> wire.ask(path, "Sec-WebSocket-Protocol: bearer, " + token + "\r\n");
      case "protocols" ->
          wire.ask(path, "Sec-WebSocket-Protocol: chat, bearer, " + token + ", log\r\n");
      default -> wire.ask(path + "?a=1&token=" + token + "&b=2", "");
    };
  }

  /** Even where neither its route nor its upstream is there any more; and a drain ends it. */
  @Test
  void aSocketOutlivesAReloadAndEndsWithTheDrain() throws IOException {
    String yaml =
        """
        server: { drainTimeout: 1s }
        upstreams: { raw: { url: "http://127.0.0.1:%d" } }
        routes: [{ path: "/raw/**", upstream: raw }]
        """
            .formatted(origin.port());
    RunningGateway changing = new RunningGateway(Map.of(), yaml);
    Reloader.Source source =
        () -> Loaded.of(changing.file(), changing.environment(), Map.of(), List.of());
    FileWatch files = new FileWatch(() -> List.of(changing.file()));
    Loaded before = source.load();
    Reloader reloader = new Reloader(changing.gateway(), before, source, files, changing::mounts);
    try (Wire wire = new Wire(changing.port()).ask("/raw/x", "");
        Peer peer = origin.accept()) {
      peer.agree();
      agreed(wire);
      changing.write(
          "server: { drainTimeout: 1s }\nlimits:\n  tight: { ip: { requests: 3, window: 1h } }\n");
      ControlSocket.Outcome outcome = reloader.reload("the test");
      assertTrue(outcome.succeeded(), outcome.text());
      assertEquals(404, changing.get("/raw/x").statusCode());
      assertEquals(1, changing.metric("sockets_proxied"));
      wire.send(bytes('h', 'i'));
      assertEquals("hi", peer.receive(2));
      peer.send("there");
      assertEquals("there", wire.receive(5));
      Thread closing = new Thread(changing::close);
      closing.start();
      assertTrue(wire.ended());
      assertTrue(peer.ended());
      closing.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Peer asked(Wire wire) throws IOException {
    wire.ask("/raw/x", "");
    return origin.accept();
  }

  private static void until(String what, java.util.function.BooleanSupplier so) {
    gateway.until(what, so);
  }

  private static String agreed(Wire wire) throws IOException {
    String head = wire.head();
    assertTrue(head.startsWith("HTTP/1.1 101 Switching Protocols\r\n"), head);
    return head;
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) bytes[i] = (byte) values[i];
    return bytes;
  }

  /** With a mask that is seen. */
  private static byte[] frame(int first, byte[] payload) {
    byte[] mask = {1, 2, 3, 4};
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first);
    int length = payload.length;
    if (length < 126) {
      out.write(0x80 | length);
    } else {
      out.writeBytes(bytes(0xFF, 0, 0, 0, 0, length >> 24, length >> 16, length >> 8, length));
    }
    out.writeBytes(mask);
    byte[] masked = Arrays.copyOf(payload, length);
    for (int i = 0; i < length; i++) masked[i] ^= mask[i & 3];
    out.writeBytes(masked);
    return out.toByteArray();
  }
}
