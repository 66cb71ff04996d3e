package dev.sluice;

import static dev.sluice.harness.RawHttp2.CONTINUATION;
import static dev.sluice.harness.RawHttp2.DATA;
import static dev.sluice.harness.RawHttp2.END_STREAM;
import static dev.sluice.harness.RawHttp2.HEADERS;
import static dev.sluice.harness.RawHttp2.PING;
import static dev.sluice.harness.RawHttp2.RST_STREAM;
import static dev.sluice.harness.RawHttp2.WINDOW_UPDATE;
import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RawHttp2;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.TestCertificate;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 frames that no well-behaved client sends, in clear text and over TLS. */
class Http2DoorIT {
  private static final String[] SOUND = {
    ":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/livez"
  };
  private static final String[] NOTE = {
    ":method", "POST", ":scheme", "https", ":authority", "x", "content-type", "application/json"
  };
  private static final BlockingQueue<MultiMap> asked = new LinkedBlockingQueue<>();
  private static final Vertx vertx = Vertx.vertx();
  @TempDir static Path dir;
  private static TestCertificate certificate;
  private static RunningGateway gateway;
  private static RunningGateway hasty; // where whoever is slow is soon given up

  @BeforeAll
  static void start() {
    certificate = TestCertificate.make(dir, "server");
    certificate.writeTo(dir.resolve("cert.pem"), dir.resolve("key.pem"));
    HttpServer api =
        await(
            vertx
                .createHttpServer()
                .requestHandler(
                    request -> {
                      asked.add(request.headers());
                      request.response().end("x".repeat(1 << 20));
                    })
                .listen(0, "127.0.0.1"));
    gateway = gateway(api.actualPort(), Map.of());
    hasty =
        gateway(
            api.actualPort(),
            Map.of(
                "SLUICE_SERVER_HEADERTIMEOUT", "1500ms",
                "SLUICE_SERVER_BODYTIMEOUT", "1500ms",
                "SLUICE_SERVER_IDLETIMEOUT", "2s"));
  }

  private static RunningGateway gateway(int api, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("SLUICE_SERVER_TLS_PORT", "0");
    settings.put("SLUICE_SERVER_TLS_CERTIFICATE", dir.resolve("cert.pem").toString());
    settings.put("SLUICE_SERVER_TLS_KEY", dir.resolve("key.pem").toString());
    return new RunningGateway(
        settings,
        """
        upstreams:
          api: { url: "http://127.0.0.1:%d" }
        routes:
          - { path: "/o/**", upstream: api }
        """
            .formatted(api));
  }

  @AfterAll
  static void stop() {
    hasty.close();
    gateway.close();
    await(vertx.close());
  }

  private static RawHttp2 open(boolean tls) throws IOException {
    return open(gateway, tls);
  }

  private static RawHttp2 open(RunningGateway to, boolean tls, int... settings) throws IOException {
    if (tls) return new RawHttp2(certificate.connect(to.tlsPort(), null, "h2"), settings);
    Socket socket = new Socket("127.0.0.1", to.port());
    socket.setSoTimeout(30_000);
    return new RawHttp2(socket, settings);
  }

  /** A sound head, with some of it changed; a value of "-" takes a field away. */
  private static String[] with(String[] sound, String... changes) {
    List<String> fields = new ArrayList<>(Arrays.asList(sound));
    for (int i = 0; i < changes.length; i += 2) {
      int at = changes[i].startsWith(":") ? fields.indexOf(changes[i]) : -1;
      String value = plain(changes[i + 1]);
      if (at < 0)
        fields.addAll(
            changes[i].startsWith(":") ? 0 : fields.size(), List.of(plain(changes[i]), value));
      else if (value.equals("-")) fields.subList(at, at + 2).clear();
      else fields.set(at + 1, value);
    }
    return fields.toArray(String[]::new);
  }

  private static String plain(String text) {
    return text.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        ":method|G ET",
        ":method|GET\\0",
        ":method|",
        ":method|-",
        ":scheme|-",
        ":scheme|ftp",
        ":scheme|https://y/?",
        ":path|-",
        ":path|",
        ":path|livez",
        ":path|*",
        ":path|/livez HTTP/1.1",
        ":path|/livez#here",
        ":path|/livez\\r\\n",
        ":path|http://x/livez",
        ":authority|",
        ":authority|x y",
        ":authority|user@x",
        ":authority|x:port",
        ":authority|x/y",
        "host|y",
        "Host|x",
        "x y|1",
        "x:y|1",
        "x\\0|1",
        "x\\r\\ny|1",
        "|1",
        "x|1\\r\\n2",
        "x|1\\n2",
        "x|1\\02",
        "x| 1",
        "x|1 ",
        "connection|close",
        "keep-alive|5",
        "proxy-connection|close",
        "transfer-encoding|chunked",
        "upgrade|h2c",
        "te|gzip",
        "content-length|5",
        "content-length|-1",
        "content-length|x",
      })
  void aMalformedHeadEndsItsStreamAlone(String name, String value) throws IOException {
    String given = value == null ? "" : value;
    String[] head = with(SOUND, name == null ? "" : name, given);
    for (boolean tls : List.of(false, true)) {
      try (RawHttp2 client = open(tls)) {
        assertEquals("RST PROTOCOL_ERROR", client.request(1, true, head).outcome(1), name);
        assertEquals("200", client.request(3, true, SOUND).outcome(3));
      }
    }
  }

  @Test
  void whatIsThereTwiceEndsItsStreamAlone() throws IOException {
    String[] hosts = with(SOUND, "host", "x", "host", "x");
    String[] paths = Arrays.copyOf(SOUND, SOUND.length + 2);
    paths[SOUND.length] = ":path";
    paths[SOUND.length + 1] = "/livez";
    try (RawHttp2 client = open(true)) {
      assertEquals("RST PROTOCOL_ERROR", client.request(1, true, hosts).outcome(1));
      assertEquals("RST PROTOCOL_ERROR", client.request(3, true, paths).outcome(3));
      assertEquals("200", client.request(5, true, SOUND).outcome(5));
    }
  }

  @ParameterizedTest
  @CsvSource({"te, trailers", "host, X", "x, ''", "x, 'a \t b'"})
  void whatIsSoundIsServed(String name, String value) throws IOException {
    try (RawHttp2 client = open(false)) {
      assertEquals("200", client.request(1, true, with(SOUND, name, value)).outcome(1));
    }
  }

  @Test
  void whatAnUpstreamIsSentIsHttp11() throws IOException, InterruptedException {
    asked.clear();
    try (RawHttp2 client = open(true)) {
      String[] head = with(SOUND, ":path", "/o/a", "cookie", "a=1", "cookie", "b=2");
      assertEquals("200", client.request(1, true, head).outcome(1));
      MultiMap seen = asked.poll(30, TimeUnit.SECONDS);
      assertEquals(List.of("a=1; b=2"), seen.getAll("cookie"));
      assertEquals("https", seen.get("x-forwarded-proto"));
      assertFalse(seen.contains("transfer-encoding"));
    }
  }

  @Test
  void aBodyOfUnknownLengthIsRead() throws IOException {
    try (RawHttp2 client = open(false)) {
      client.request(1, false, with(NOTE, ":path", "/api/v1/notes?book=h2"));
      client.frame(DATA, END_STREAM, 1, "{\"text\":\"abc\"}".getBytes());
      assertEquals("200", client.outcome(1));
    }
    assertEquals(1, RunningGateway.data(gateway.get("/api/v1/notes?book=h2")).size());
  }

  @Test
  void aBodyOfAnotherLengthThanWasSaidIsNotTaken() throws IOException {
    try (RawHttp2 client = open(false)) {
      client.request(1, false, with(NOTE, ":path", "/api/v1/notes?book=l", "content-length", "99"));
      client.frame(DATA, END_STREAM, 1, "{\"text\":\"abc\"}".getBytes());
      assertEquals("RST PROTOCOL_ERROR", client.outcome(1));
      assertEquals("200", client.request(3, true, SOUND).outcome(3));
    }
    assertEquals(0, RunningGateway.data(gateway.get("/api/v1/notes?book=l")).size());
  }

  @Test
  void tooLargeAHeadIsAnswered() throws IOException {
    String[] many = SOUND;
    for (int i = 0; i < 40; i++) many = with(many, "x-" + i, "a".repeat(1000));
    try (RawHttp2 client = open(false)) {
      assertEquals("GOAWAY PROTOCOL_ERROR", client.request(1, true, many).outcome(1));
    }
    try (RawHttp2 client = open(false)) {
      String[] path = with(SOUND, ":path", "/" + "a".repeat(9000));
      assertEquals("414", client.request(1, true, path).outcome(1));
      for (int i = 0; i < 25; i++) path = with(path, "x-" + i, "a".repeat(600));
      assertEquals("431", client.request(3, true, path).outcome(3));
      assertEquals("200", client.request(5, true, SOUND).outcome(5));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoNeverAcknowledgesTheLimitOfStreamsIsHeldToIt(boolean tls) throws IOException {
    try (RawHttp2 client = open(tls)) {
      String[] head = with(NOTE, ":path", "/api/v1/notes?book=many");
      for (int i = 0; i < 129; i++) client.request(1 + 2 * i, false, head);
      assertEquals("RST REFUSED_STREAM", client.outcome(257));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "6, 0, 0, 8", // PING
    "6, 1, 0, 8", // PING, acknowledged
    "4, 0, 0, 0", // SETTINGS
    "2, 0, 3, 5", // PRIORITY
    "3, 0, 1, 4", // RST_STREAM of a stream that is over
    "0, 0, 5, 0", // DATA without any
    "99, 0, 1, 0", // nothing known
  })
  void aFloodOfFramesThatAskForNothingIsEnded(int type, int flags, int stream, int length)
      throws IOException {
    for (boolean tls : List.of(false, true)) {
      try (RawHttp2 client = open(tls)) {
        assertEquals("200", client.request(1, true, SOUND).outcome(1));
        if (type == DATA) client.request(5, false, with(NOTE, ":path", "/api/v1/notes?book=f"));
        assertFalse(client.flood(type == DATA ? 0 : 1000, type, flags, stream, new byte[length]));
        if (type != DATA) assertEquals("200", client.request(3, true, SOUND).outcome(3));
        if (!client.flood(100_000, type, flags, stream, new byte[length])) {
          String end = client.outcome(0);
          assertTrue(List.of("GOAWAY ENHANCE_YOUR_CALM", "closed").contains(end), end);
        }
      }
    }
  }

  @Test
  void aFloodOfWindowUpdatesIsEnded() throws IOException {
    try (RawHttp2 client = open(false)) {
      boolean cut = client.flood(100_000, WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 1});
      assertTrue(cut || !client.outcome(0).isEmpty());
    }
  }

  @Test
  void aHeadInEndlessPiecesIsEnded() throws IOException {
    try (RawHttp2 client = open(false)) {
      client.frame(HEADERS, END_STREAM, 1, RawHttp2.block(SOUND));
      if (!client.flood(100_000, CONTINUATION, 0, 1)) {
        String end = client.outcome(0);
        assertTrue(List.of("GOAWAY ENHANCE_YOUR_CALM", "closed").contains(end), end);
      }
    }
  }

  @Test
  void rapidResetsAreEnded() throws IOException {
    String[] head = with(NOTE, ":path", "/api/v1/notes?book=reset");
    int sent = 0;
    try (RawHttp2 client = open(false)) {
      for (; sent < 5000; sent++) {
        client.request(1 + 2 * sent, false, head);
        client.frame(RST_STREAM, 0, 1 + 2 * sent, new byte[] {0, 0, 0, 8});
      }
      assertEquals("GOAWAY ENHANCE_YOUR_CALM", client.outcome(0));
    } catch (IOException closed) {
      assertTrue(sent > 100, "after " + sent);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aHeadThatIsNotEndedEndsTheConnection(boolean tls) throws IOException {
    try (RawHttp2 client = open(hasty, tls)) {
      client.frame(HEADERS, END_STREAM, 1, RawHttp2.block(SOUND));
      assertEquals("GOAWAY ENHANCE_YOUR_CALM", client.outcome(0));
    }
    try (RawHttp2 client = open(hasty, tls)) {
      client.frame(HEADERS, END_STREAM, 1, RawHttp2.block(SOUND));
      assertTrue(trickles(client, CONTINUATION, 1), "it is not ended while it goes on and on");
    }
  }

  @Test
  void aConnectionThatAsksNothingIsClosedThoughItPings() throws IOException {
    try (RawHttp2 client = open(hasty, false)) {
      assertEquals("200", client.request(1, true, SOUND).outcome(1));
      assertTrue(trickles(client, PING, 0, new byte[8]));
    }
  }

  /** Whether the connection ends though a frame is sent every now and then. */
  private static boolean trickles(RawHttp2 client, int type, int stream, byte... payload) {
    try {
      for (int i = 0; i < 600; i++) {
        client.frame(type, 0, stream, payload);
        await(vertx.timer(50, TimeUnit.MILLISECONDS));
      }
      return false;
    } catch (IOException closed) {
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/large", "/o/a"})
  void whoTakesNothingOfItsAnswerLosesIt(String path) throws IOException {
    try (RawHttp2 client = open(hasty, false, 4, 0)) {
      client.request(1, true, with(SOUND, ":path", path));
      new Thread(() -> trickles(client, PING, 0, new byte[8])).start();
      assertEquals("200", client.outcome(1));
      assertEquals("RST CANCEL", client.outcome(1));
    }
  }

  @Test
  void aBodyThatStallsIsAnswered408() throws IOException {
    try (RawHttp2 client = open(hasty, false)) {
      client.request(1, false, with(NOTE, ":path", "/api/v1/notes?book=slow"));
      client.frame(DATA, 0, 1, "{\"text".getBytes());
      assertEquals("408", client.outcome(1));
    }
  }

  @Test
  void aStreamThatIsOverDoesNotBeginAgain() throws IOException {
    try (RawHttp2 client = open(false)) {
      assertEquals("200", client.request(1, true, SOUND).outcome(1));
      assertEquals("GOAWAY STREAM_CLOSED", client.request(1, true, SOUND).outcome(0));
    }
    try (RawHttp2 client = open(false)) {
      assertEquals("200", client.request(5, true, SOUND).outcome(5));
      assertEquals("GOAWAY PROTOCOL_ERROR", client.request(3, true, SOUND).outcome(0));
    }
  }

  @Test
  void trailersThatCrossAResetAreNoFault() throws IOException {
    try (RawHttp2 client = open(false)) {
      client.request(1, false, with(SOUND, ":method", "POST"));
      for (int i = 0; i < 4; i++) client.frame(DATA, 0, 1, new byte[16_000]);
      client.until(WINDOW_UPDATE, 1);
      client.frame(DATA, 0, 1, new byte[16_000]);
      assertEquals("RST NO_ERROR", client.outcome(1));
      client.request(1, true, "x", "1");
      assertEquals("200", client.request(3, true, SOUND).outcome(3));
    }
  }
}
