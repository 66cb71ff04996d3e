package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RawUpstream;
import dev.sluice.harness.RunningGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an upstream receives of what a client sent, byte by byte. */
class ForwardBytesIT {
  private static final String HOST = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
  private static final RawUpstream upstream = new RawUpstream();
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        new RunningGateway(
            Map.of(),
            """
            upstreams:
              raw: { url: "http://127.0.0.1:%d", idleTimeout: 4s }
            routes:
              - { path: "/o/**", upstream: raw, stripPrefix: /o }
            """
                .formatted(upstream.port()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    upstream.close();
  }

  @BeforeEach
  void fresh() {
    upstream.answersAndCloses(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nfine");
  }

  @ParameterizedTest
  @CsvSource({
    "/o//a, //a",
    "/o/a//b;c=d/, /a//b;c=d/",
    "/o/a%2fb%2F%61?c=%2f, /a%2fb%2F%61?c=%2f",
    "/o/%252e%252e/a, /%252e%252e/a",
    "/o/a|b?x=..&y=/../%zz, /a|b?x=..&y=/../%zz",
    "/o/a?, /a?",
    "http://x/o/a?b, /a?b",
    "HTTP://y:80/o, /",
  })
  void aTargetArrivesAsItWasWritten(String target, String seen) throws IOException {
    assertStatus(200, "GET " + target + HOST + "\r\n");
    assertTrue(received().startsWith("GET " + seen + " HTTP/1.1\r\n"), received());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/o/../a", "/o/%2e%2E/a", "/o/..;/a", "/o/%zz", "/o/%2", "/o/%", "/o/a%00"})
  void whatMayBeReadAsAnotherPathArrivesNowhere(String target) throws IOException {
    String answer = answer("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n"); // and is closed
    assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
    assertEquals("", received());
  }

  @Test
  void theHostOfAWholeUrlCounts() throws IOException {
    assertStatus(200, "GET http://real:81/o/a HTTP/1.1\r\nHost: fake\r\nConnection: close\r\n\r\n");
    assertTrue(received().contains("x-forwarded-host: real:81\r\n"), received());
    assertFalse(received().contains("fake"), received());
  }

  @Test
  void theBodysFrameIsMadeAnew() throws IOException {
    String chunked = "Transfer-Encoding:  CHUNKED \r\nTrailer: X-T\r\n\r\n";
    String body = "0003;x=y\r\nabc\r\n0;z\r\nX-T: 1\r\nAuthorization: evil\r\n\r\n";
    assertBody("POST /o/a" + HOST + chunked + body, "x=y", "trailer", "evil", "x-t");
    fresh();
    String sized = "Connection: Content-Length\r\nContent-Length: 3\r\n\r\nabc";
    assertBody("POST /o/a" + HOST + sized, "content-length");
  }

  @Test
  void whatHasNoBodySaysSoWhereOneIsMeant() throws IOException {
    for (String length : new String[] {"", "Content-Length: 0\r\n"}) {
      fresh();
      assertStatus(200, "PUT /o/a" + HOST + length + "\r\n");
      String seen = received().toLowerCase(Locale.ROOT);
      assertTrue(seen.contains("content-length: 0\r\n"), seen);
    }
  }

  @Test
  void anAnswer304IsGivenNoLength() throws IOException {
    upstream.answersAndCloses("HTTP/1.1 304 Same\r\nETag: \"a\"\r\nConnection: close\r\n\r\n");
    String answer = answer("GET /o/a" + HOST + "\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 304 "), answer);
    assertFalse(answer.toLowerCase(Locale.ROOT).contains("content-length"), answer);
  }

  private static void assertBody(String request, String... gone) throws IOException {
    upstream.answersAfter("abc\r\n0\r\n\r\n");
    assertStatus(200, request);
    String seen = received().toLowerCase(Locale.ROOT);
    assertTrue(seen.endsWith("transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), seen);
    for (String text : gone) assertFalse(seen.contains(text), seen);
  }

  @Test
  void fieldsThatAreNamedInConnectionGoNoFurtherButThoseOfTheProxyDo() throws IOException {
    assertStatus(
        200,
        "GET /o/a"
            + HOST
            + "Connection: Host, X-Forwarded-For, Via, X-Mine,, X-Request-Id\r\nX-Mine: 1\r\n"
            + "Keep-Alive: 5\r\nTE: trailers\r\nUpgrade: h2c, websocket\r\nHTTP2-Settings: AA\r\n"
            + "X-Own: caf\u00e9\r\n\r\n");
    String seen = received().toLowerCase(Locale.ROOT);
    for (String there :
        new String[] {
          "\nhost: 127.0.0.1:", "\nx-forwarded-for: 127", "\nvia: 1.1 sluice", "\u00e9"
        }) {
      assertTrue(seen.contains(there), seen);
    }
    for (String gone : new String[] {"mine", "keep-alive", "\nte:", "upgrade", "http2"}) {
      assertFalse(seen.contains(gone), seen);
    }
  }

  @Test
  void anExpectationOfHttp10IsNone() throws IOException {
    upstream.answersAfter("abc");
    String answer =
        answer("POST /o/a HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc");
    assertTrue(answer.startsWith("HTTP/1.0 200 "), answer);
    assertFalse(received().contains("xpect"), received());
  }

  @Test
  void whatElseIsExpectedIsRefused() throws IOException {
    assertStatus(417, "POST /o/a" + HOST + "Expect: 200-ok\r\nContent-Length: 3\r\n\r\nabc");
    assertStatus(417, "GET /clips?channel=ninja" + HOST + "Expect: the-best\r\n\r\n");
    assertEquals("", received());
  }

  @Test
  void traceEndsHereAndOptionsAsFarAsItMayGo() throws IOException {
    assertTrue(assertStatus(405, "TRACE /o/a" + HOST + "\r\n").contains("\r\nallow: GET, "));
    assertStatus(204, "OPTIONS /o/a" + HOST + "Max-Forwards: 0\r\n\r\n");
    assertEquals("", received());
    for (String garbage : List.of("", "x", "-0", "0, 0", "0x0")) { // limits nothing
      assertStatus(200, "OPTIONS /o/a" + HOST + "Max-Forwards: " + garbage + "\r\n\r\n");
    }
    assertStatus(200, "OPTIONS /o/a" + HOST + "Max-Forwards: 3\r\n\r\n");
    assertTrue(received().toLowerCase(Locale.ROOT).contains("max-forwards: 2\r\n"), received());
  }

  @Test
  void aMethodNobodyKnowsIsPassedOnAndNotImplementedHere() throws IOException {
    assertStatus(200, "get /o/a" + HOST + "\r\n");
    assertTrue(received().startsWith("get /a "), received());
    assertStatus(501, "get /clips" + HOST + "\r\n");
  }

  @Test
  void aBodyThatStaysAwayIsTheClientsFault() throws IOException {
    upstream.answersAfter("all ten bytes");
    assertStatus(408, "POST /o/a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    RawUpstream.Connection asked = upstream.connections().get(0);
    gateway.until("given up", asked::isEnded);
  }

  @Test
  void earlyHintsComeEarlyButNotToHttp10() throws IOException {
    String hints =
        "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n";
    String fine = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nfine";
    upstream.answersAndCloses("HTTP/1.1 102 Processing\r\n\r\n", hints, fine);
    String answer = answer("GET /o/a" + HOST + "\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 103 Early Hints\r\n"), answer);
    assertTrue(answer.contains("Link: </a.css>\r\n"), answer);
    assertTrue(answer.contains("\r\n\r\nHTTP/1.1 200 OK\r\n"), answer);
    assertFalse(answer.contains("X-Hop"), answer);
    upstream.answersAndCloses(hints, fine);
    assertTrue(answer("GET /o/a HTTP/1.0\r\n\r\n").startsWith("HTTP/1.0 200 "));
  }

  @Test
  void anAnswerWithoutADateGetsOne() throws IOException {
    assertTrue(assertStatus(200, "GET /o/a" + HOST + "\r\n").contains("\r\ndate: "));
    upstream.answersAndCloses(
        "HTTP/1.1 200 OK\r\nDate: theirs\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    String answer = assertStatus(200, "GET /o/a" + HOST + "\r\n");
    assertTrue(answer.contains("\r\nDate: theirs\r\n"), answer);
    assertFalse(answer.contains("\r\ndate: "), answer);
  }

  private static String received() {
    return upstream.connections().stream()
        .map(RawUpstream.Connection::received)
        .collect(Collectors.joining());
  }

  private static String assertStatus(int status, String request) throws IOException {
    String answer = answer(request);
    assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
    return answer;
  }

  /** Everything until the gateway closes. */
  private static String answer(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      byte[] some = new byte[8192];
      try {
        for (int n; (n = socket.getInputStream().read(some)) >= 0; ) all.write(some, 0, n);
      } catch (SocketException reset) {
        // closed with our bytes unread
      }
      return all.toString(StandardCharsets.ISO_8859_1);
    }
  }
}
