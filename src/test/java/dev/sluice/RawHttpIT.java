package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.TestCertificate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that no well-behaved client sends. */
class RawHttpIT {
  @TempDir static Path dir;
  private static TestCertificate certificate;
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    certificate = TestCertificate.make(dir, "server");
    certificate.writeTo(dir.resolve("cert.pem"), dir.resolve("key.pem"));
    gateway =
        new RunningGateway(
            Map.of(
                "SLUICE_SERVER_TLS_PORT", "0",
                "SLUICE_SERVER_TLS_CERTIFICATE", dir.resolve("cert.pem").toString(),
                "SLUICE_SERVER_TLS_KEY", dir.resolve("key.pem").toString(),
                "SLUICE_SERVER_HEADERTIMEOUT", "2s",
                "SLUICE_SERVER_BODYTIMEOUT", "2s",
                "SLUICE_SERVER_IDLETIMEOUT", "10m"));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void tooLongARequestLineIs414() throws IOException {
    assertStatus(414, "GET /" + "a".repeat(9000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
  }

  @Test
  void tooManyHeadersAre431() throws IOException {
    String header = "X-Filler: " + "a".repeat(1000) + "\r\n";
    assertStatus(431, "GET /livez HTTP/1.1\r\nHost: x\r\n" + header.repeat(20) + "\r\n");
  }

  @Test
  void whatIsNotHttpIs400() throws IOException {
    assertStatus(400, "hello there\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"})
  void headersThatTrickleAreAnsweredAndCutOff(String before) throws IOException {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(bytes(before));
      out.write(bytes("GET /livez HTTP/1.1\r\nHost: x\r\n"));
      boolean open = true;
      for (int i = 0; i < 400 && open; i++) {
        try {
          out.write(bytes("X-" + i + ": y\r\n"));
          out.flush();
        } catch (SocketException | SSLException closed) {
          open = false;
        }
        RunningGateway.await(gateway.vertx().timer(50, java.util.concurrent.TimeUnit.MILLISECONDS));
      }
      assertEquals(false, open, "the connection is closed while headers still trickle");
    }
  }

  @Test
  void aHeadThatNeverEndsIsAnswered408() throws IOException {
    assertStatus(408, "GET /livez HTTP/1.1\r\nHost: x\r\n");
  }

  @Test
  void aConnectionThatSaysNothingIsClosed() throws IOException {
    try (Socket socket = connect()) {
      assertEquals("", read(socket));
    }
  }

  @Test
  void whatIsSmuggledBehindAnAmbiguousRequestIsNeverServed() throws IOException {
    String smuggled = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    String answer =
        answer(
            "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
                + "POST /api/v1/notes?book=raw HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                + smuggled);
    assertEquals(2, answer.split("HTTP/1\\.[01] \\d", -1).length - 1, answer);
    assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
    assertTrue(answer.matches("(?s).*HTTP/1\\.[01] 400 .*"), answer);
    assertTrue(answer.contains("RFC 9112 §6.1"), answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"zz\r\n", "5\r\n\"textx\r\n", "5\n\"text\n"})
  void aChunkThatIsNoneIsAnsweredAndNothingIsPassedOn(String chunk) throws IOException {
    assertStatus(
        400,
        "POST /api/v1/notes?book=chunk HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"
            + chunk
            + "0\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n");
    assertEquals(0, RunningGateway.data(gateway.get("/api/v1/notes?book=chunk")).size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /livez HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST /clips HTTP/1.1\r\nHost: x\r\nContent-Length: 9223372036854775807\r\n\r\n",
        "GET /api/v1/notes?book=x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET /nowhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      })
  void aBodyThatNobodyWantsIsNotReadOn(String head) throws IOException {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(bytes(head));
      byte[] chunk = bytes("10000\r\n" + "a".repeat(0x10000) + "\r\n");
      long sent = 0;
      try {
        for (; sent < 1L << 32; sent += chunk.length) out.write(chunk);
      } catch (SocketException | SSLException closed) {
        // as it should
      }
      assertTrue(sent < 1L << 32, "four gigabytes were taken");
    }
  }

  @Test
  void aHealthCheckOfHttp10NeedsNoHost() throws IOException {
    String answer = answer("GET /livez HTTP/1.0\r\n\r\n");
    assertTrue(answer.startsWith("HTTP/1.0 200 "), answer);
  }

  @Test
  void noHundredIsSentBeforeARefusal() throws IOException {
    String head = "POST /livez HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n";
    String answer = answer(head + "Content-Length: 99999999999\r\n\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 405 "), answer);
  }

  @Test
  void whoAsksForAHundredGetsItWhereTheBodyIsWanted() throws IOException {
    try (Socket socket = connect()) {
      String head =
          "POST /api/v1/notes?book=hundred HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
              + "Content-Type: application/json\r\nExpect: 100-continue\r\n"
              + "Content-Length: 14\r\n\r\n";
      socket.getOutputStream().write(bytes(head));
      byte[] hundred = socket.getInputStream().readNBytes(25);
      assertEquals("HTTP/1.1 100 Continue\r\n\r\n", new String(hundred, StandardCharsets.UTF_8));
      socket.getOutputStream().write(bytes("{\"text\":\"abc\"}"));
      String answer = read(socket);
      assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
    }
  }

  @Test
  void aWholeUrlIsServedAsItsPath() throws IOException {
    String answer = answer("GET http://x/livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
  }

  @Test
  void aLaterVersionOfHttp1IsServed() throws IOException {
    String answer = answer("GET /livez HTTP/1.2\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
  }

  /**
   * Long before the moment is over in which what is still sent is read and dropped; TLS, which
   * cannot be closed by halves here, sees it after that.
   */
  @Test
  void aRefusedBodySeesTheEndAtOnce() throws IOException {
    try (Socket socket = connect()) {
      socket.setSoTimeout(tls() ? 5000 : 1500);
      String head = "POST /api/v1/notes?book=end HTTP/1.1\r\nHost: x\r\n";
      String type = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
      socket.getOutputStream().write(bytes(head + type + "zz\r\n"));
      assertTrue(read(socket).startsWith("HTTP/1.1 400 "));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\nHost: x\n\n"})
  void whatLacksAHostOrProperLinesIs400(String request) throws IOException {
    assertStatus(400, request);
  }

  @Test
  void halfABodyIsAnsweredAndTheConnectionClosed() throws IOException {
    String head =
        "POST /api/v1/notes?book=raw HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Content-Length: 100\r\n\r\n{\"text\":";
    assertStatus(408, head);
    assertEquals(0, RunningGateway.data(gateway.get("/api/v1/notes?book=raw")).size());
  }

  @Test
  void anEndlessBodyIsCutOff() throws IOException {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(
          bytes(
              "POST /api/v1/notes?book=raw HTTP/1.1\r\nHost: x\r\n"
                  + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"));
      byte[] chunk = bytes("10000\r\n" + "a".repeat(0x10000) + "\r\n");
      try {
        for (int i = 0; i < 400; i++) out.write(chunk);
      } catch (SocketException | SSLException closed) {
        // the answer came before we were done, as it should
      }
      String answer = read(socket);
      // too large or too slow, whichever it is first
      assertTrue(answer.isEmpty() || answer.matches("(?s)HTTP/1.1 (413|408).*"), answer);
    }
  }

  @Test
  void aBodyThatIsAnnouncedTooLargeIsRefusedBeforeItComes() throws IOException {
    assertStatus(
        413,
        "POST /api/v1/notes?book=raw HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Content-Length: 10000001\r\n\r\n");
  }

  /** The answer comes, and the connection is closed after it. */
  private void assertStatus(int status, String request) throws IOException {
    String answer = answer(request);
    assertTrue(answer.matches("(?s)HTTP/1\\.[01] " + status + " .*"), answer);
    assertTrue(answer.contains("\"correlationId\"") || answer.contains("\"requestId\""), answer);
    assertEquals(1, answer.split("HTTP/1\\.[01] \\d", -1).length - 1, answer);
  }

  private String answer(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(bytes(request));
      socket.getOutputStream().flush();
      return read(socket);
    }
  }

  private Socket connect() throws IOException {
    if (tls()) return certificate.connect(gateway.tlsPort(), null, "http/1.1");
    Socket socket = new Socket("127.0.0.1", gateway.port());
    socket.setSoTimeout(30_000);
    return socket;
  }

  /** Whether the bytes are sent over TLS: the check must see them decrypted. */
  boolean tls() {
    return false;
  }

  /** Everything until the other side closes. */
  private static String read(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] some = new byte[8192];
    try {
      for (int n; (n = socket.getInputStream().read(some)) >= 0; ) all.write(some, 0, n);
    } catch (SocketException | SSLException reset) {
      // closed with our bytes unread
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
