package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.TestCertificate;
import dev.sluice.identity.Person;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The TLS port: versions, protocols, certificates of both sides. */
class TlsIT {
  private static final Vertx vertx = Vertx.vertx();
  private static final BlockingQueue<String> shown = new LinkedBlockingQueue<>();
  @TempDir static Path dir;
  private static TestCertificate first;
  private static TestCertificate second;
  private static TestCertificate client;
  private static HttpServer api;

  @BeforeAll
  static void start() {
    first = TestCertificate.make(dir, "first");
    second = TestCertificate.make(dir, "second", "-keyalg", "RSA", "-keysize", "2048");
    client = TestCertificate.make(dir, "client");
    first.writeTo(dir.resolve("cert.pem"), dir.resolve("key.pem"));
    client.writeTo(dir.resolve("ca.pem"), dir.resolve("client-key.pem"));
    api =
        await(
            vertx
                .createHttpServer()
                .requestHandler(
                    request -> {
                      shown.add(String.valueOf(request.getHeader("Client-Cert")));
                      request.response().end();
                    })
                .listen(0, "127.0.0.1"));
  }

  @AfterAll
  static void stop() {
    await(vertx.close());
  }

  private static RunningGateway gateway(String... more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("SLUICE_SERVER_TLS_PORT", "0");
    settings.put("SLUICE_SERVER_TLS_CERTIFICATE", dir.resolve("cert.pem").toString());
    settings.put("SLUICE_SERVER_TLS_KEY", dir.resolve("key.pem").toString());
    settings.put("SLUICE_SERVER_HEADERTIMEOUT", "4s");
    for (int i = 0; i < more.length; i += 2) settings.put(more[i], more[i + 1]);
    return new RunningGateway(
        settings,
        """
        upstreams:
          api: { url: "http://127.0.0.1:%d" }
        routes:
          - { path: "/o/**", upstream: api }
        """
            .formatted(api.actualPort()));
  }

  @Test
  void theNewestVersionIsChosenAndTheProtocolThatTheClientOffers() throws IOException {
    try (RunningGateway gateway = gateway()) {
      for (String protocol : List.of("h2", "http/1.1")) {
        try (SSLSocket socket = first.connect(gateway.tlsPort(), null, protocol)) {
          assertEquals(protocol, socket.getApplicationProtocol());
          assertEquals("TLSv1.3", socket.getSession().getProtocol());
        }
      }
      try (SSLSocket socket = first.connect(gateway.tlsPort(), null, "http/1.1", "h2")) {
        assertEquals("h2", socket.getApplicationProtocol());
      }
      try (SSLSocket socket = first.connect(gateway.tlsPort(), null)) {
        assertEquals("HTTP/1.1 200 OK", get(socket, "/livez"));
      }
      assertOldOnesAreRefused(gateway.tlsPort());
      assertWhoDawdlesIsCutOff(gateway.tlsPort());
    }
  }

  @Test
  void socketsAreSpokenOverItToo() {
    try (RunningGateway gateway = gateway("SLUICE_APPS", "identity,realtime")) {
      Person ada = Person.signedIn(gateway, "ada@example.com");
      WebSocketClient client =
          vertx.createWebSocketClient(
              new WebSocketClientOptions().setSsl(true).setTrustAll(true).setVerifyHost(false));
      WebSocketConnectOptions to =
          new WebSocketConnectOptions()
              .setHost("127.0.0.1")
              .setPort(gateway.tlsPort())
              .setURI("/ws")
              .addHeader("Authorization", "Bearer " + ada.accessToken);
      WebSocket socket = await(client.connect(to));
      Promise<String> heard = Promise.promise();
      Promise<Short> closed = Promise.promise();
      socket.textMessageHandler(heard::complete);
      socket.closeHandler(v -> closed.complete(socket.closeStatusCode()));
      socket.writeTextMessage("{\"type\":\"CALL\",\"requestId\":\"1\",\"operation\":\"getMe\"}");
      assertTrue(await(heard.future()).contains("ada@example.com"));
      socket.writeBinaryMessage(Buffer.buffer("x"));
      assertEquals((short) 1003, await(closed.future()));
    }
  }

  private static void assertOldOnesAreRefused(int port) throws IOException {
    // a ClientHello of TLS 1.1; the JDK's own client refuses to write one
    String hello = "16030100330100002f0302" + "00".repeat(32) + "000008c013c009002f0035" + "0100";
    byte[] bytes = HexFormat.of().parseHex(hello);
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(bytes);
      byte[] alert = socket.getInputStream().readNBytes(7);
      assertEquals(21, alert[0], "an alert");
      assertEquals(2, alert[5], "a fatal one");
    }
    try (SSLSocket socket = first.connectWith(port, "TLSv1.2")) {
      assertEquals("HTTP/1.1 200 OK", get(socket, "/livez"));
    }
  }

  private static void assertWhoDawdlesIsCutOff(int port) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(new byte[] {22, 3, 1});
      assertTrue(socket.getInputStream().readAllBytes().length < 100);
    }
  }

  @Test
  void anotherCertificateIsUsedFromTheNextConnectionOn() throws IOException {
    try (RunningGateway gateway = gateway();
        SSLSocket before = first.connect(gateway.tlsPort(), null)) {
      assertEquals("HTTP/1.1 200 OK", get(before, "/livez"));
      second.writeTo(dir.resolve("cert.pem"), dir.resolve("key.pem"));
      await(gateway.gateway().reloadCertificates());
      assertEquals("HTTP/1.1 200 OK", get(before, "/livez"));
      connectsTo(second, gateway);
      assertThrows(SSLException.class, () -> connectsTo(first, gateway));

      Files.writeString(dir.resolve("cert.pem"), first.certificate());
      String why =
          assertThrows(AssertionError.class, () -> await(gateway.gateway().reloadCertificates()))
              .getMessage();
      assertTrue(why.contains("is not the key of the first certificate"), why);
      connectsTo(second, gateway);

      Files.writeString(dir.resolve("key.pem"), first.key());
      gateway.until("the files are looked at now and then", () -> is(first, gateway));
      assertEquals("HTTP/1.1 200 OK", get(before, "/livez"));
    } finally {
      first.writeTo(dir.resolve("cert.pem"), dir.resolve("key.pem"));
    }
  }

  private static void connectsTo(TestCertificate server, RunningGateway gateway)
      throws IOException {
    server.connect(gateway.tlsPort(), null).close();
  }

  private static boolean is(TestCertificate server, RunningGateway gateway) {
    try {
      connectsTo(server, gateway);
      return true;
    } catch (IOException another) {
      return false;
    }
  }

  @Test
  void withoutBeingAskedAClientShowsNothing() throws Exception {
    try (RunningGateway gateway = gateway();
        SSLSocket socket = first.connect(gateway.tlsPort(), client)) {
      assertEquals("HTTP/1.1 200 OK", get(socket, "/o/a", "Client-Cert: :forged:"));
      assertEquals("null", shown.poll(30, TimeUnit.SECONDS));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"request", "required"})
  void aClientsCertificateIsToldToTheUpstream(String asked) throws Exception {
    try (RunningGateway gateway = asking(asked)) {
      try (SSLSocket socket = first.connect(gateway.tlsPort(), client)) {
        for (int i = 0; i < 2; i++) {
          assertEquals("HTTP/1.1 200 OK", get(socket, "/o/a", "Client-Cert: :forged:"));
          assertEquals(field(client), shown.poll(30, TimeUnit.SECONDS));
        }
      }
      assertEquals(asked.equals("request"), isServed(gateway, null));
      assertEquals(asked.equals("request") ? "null" : null, shown.poll());
      assertFalse(isServed(gateway, second), "a certificate of another authority");
      assertNull(shown.poll());
    }
  }

  private static RunningGateway asking(String asked) {
    String ca = dir.resolve("ca.pem").toString();
    return gateway("SLUICE_SERVER_TLS_CLIENTCERTIFICATES", asked, "SLUICE_SERVER_TLS_CLIENTCA", ca);
  }

  /** With TLS 1.3 a client learns only from the answer that its certificate is not taken. */
  private static boolean isServed(RunningGateway gateway, TestCertificate mine) {
    try (SSLSocket socket = first.connect(gateway.tlsPort(), mine)) {
      return get(socket, "/o/a").equals("HTTP/1.1 200 OK");
    } catch (IOException refused) {
      return false;
    }
  }

  private static String field(TestCertificate certificate) throws CertificateException {
    String pem = certificate.certificate();
    String base64 = pem.replaceAll("-----[A-Z ]+-----|\n", "");
    return ":" + base64 + ":";
  }

  /** The status line of an answer without a body, or with a small one. */
  private static String get(Socket socket, String path, String... fields) throws IOException {
    String head = "GET " + path + " HTTP/1.1\r\nHost: x\r\n";
    for (String field : fields) head += field + "\r\n";
    socket.getOutputStream().write((head + "\r\n").getBytes(StandardCharsets.US_ASCII));
    InputStream in = socket.getInputStream();
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) throw new IOException("no answer");
      answer.append((char) b);
    }
    var length = Pattern.compile("(?i)content-length: (\\d+)").matcher(answer);
    if (length.find()) in.readNBytes(Integer.parseInt(length.group(1)));
    return answer.substring(0, answer.indexOf("\r\n"));
  }
}
