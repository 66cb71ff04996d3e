package dev.sluice.outward;

import static dev.sluice.harness.ToyReceiver.endless;
import static dev.sluice.harness.ToyReceiver.reset;
import static dev.sluice.harness.ToyReceiver.say;
import static dev.sluice.harness.ToyReceiver.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.Await;
import dev.sluice.harness.TestCertificate;
import dev.sluice.harness.ToyReceiver;
import dev.sluice.harness.WithVertx;
import dev.sluice.outward.Toys.ToyNames;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One attempt, at receivers of every kind. */
@ExtendWith(WithVertx.class)
class SenderTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final String BODY = "{\"type\":\"a\"}";

  private final ToyNames names = new ToyNames();
  private Vertx vertx;
  private ToyReceiver receiver;

  @BeforeEach
  void start(Vertx vertx) {
    this.vertx = vertx;
    receiver = new ToyReceiver();
  }

  @AfterEach
  void stop() {
    receiver.close();
  }

  private Sent send(Reach reach, String url) {
    return Await.result(sent(reach, url, names));
  }

  /** On an event loop, as its verticle does. */
  private Future<Sent> sent(Reach reach, String url, Names names) {
    Promise<Sent> sent = Promise.promise();
    vertx.runOnContext(
        v -> {
          Sender sender = new Sender(vertx, reach, names);
          MultiMap fields = MultiMap.caseInsensitiveMultiMap().add("X-Kind", "toy");
          sender.send(new Parcel(url, fields, Buffer.buffer(BODY))).onComplete(sent::handle);
        });
    return sent.future();
  }

  private Sent attempt() {
    return send(Toys.reach("127.0.0.1"), receiver.url());
  }

  /** With so much time that only the answer itself can be what ended it. */
  private Sent attemptOfAMinute() {
    return send(Toys.reach("", Duration.ofMinutes(1), "127.0.0.1"), receiver.url());
  }

  private Sent attemptInAMoment() {
    return send(Toys.reach("", SHORT, "127.0.0.1"), receiver.url());
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202, 204, 299})
  void anySuccessIsOne(int status) {
    receiver.answers = status(status);
    Sent attempt = attempt();
    assertTrue(attempt.isTaken(), attempt::toString);
    assertEquals(status, attempt.status());
    ToyReceiver.Received got = receiver.last();
    assertEquals("POST /hook HTTP/1.1", got.line());
    assertEquals(BODY, got.body());
    assertEquals("toy", got.fields().get("x-kind"));
    assertEquals("127.0.0.1:" + receiver.port(), got.fields().get("host"));
  }

  @ParameterizedTest
  @ValueSource(ints = {304, 400, 404, 410, 429, 500, 503, 599})
  void anyOtherAnswerIsAFailureThatNamesIt(int status) {
    receiver.answers = status(status);
    Sent attempt = attempt();
    assertFalse(attempt.isTaken());
    assertEquals(status, attempt.status());
    assertTrue(attempt.error().contains(Integer.toString(status)), attempt.error());
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void redirectsAreNotFollowed(int status) {
    try (ToyReceiver other = new ToyReceiver()) {
      receiver.answers = status(status, "Location: " + other.url() + "\r\n");
      Sent attempt = attempt();
      assertEquals(
          "The receiver redirects (" + status + "), which is not followed", attempt.error());
      assertEquals(1, receiver.received.size());
      assertEquals(0, other.received.size());
    }
  }

  @Test
  void anAnswerWithoutEndIsReadForAWhileAndThenReset() {
    String part = "x".repeat(8192);
    receiver.answers = endless("HTTP/1.1 200 OK\r\n\r\n", part);
    Sent attempt = attemptOfAMinute();
    assertTrue(attempt.isTaken(), attempt::toString);
    assertEquals("x".repeat(512), attempt.answer());
  }

  @Test
  void anAnswerOfTenGigabytesIsNotTaken() {
    receiver.answers =
        endless("HTTP/1.1 500 No\r\nContent-Length: 10737418240\r\n\r\n", "y".repeat(8192));
    Sent attempt = attemptOfAMinute();
    assertEquals("The receiver answered 500", attempt.error());
    assertEquals("y".repeat(512), attempt.answer());
  }

  @Test
  void chunksWithoutEndAreNotTaken() {
    receiver.answers =
        endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n");
    assertTrue(attemptOfAMinute().isTaken());
  }

  @Test
  void aHeadWithoutEndIsNotTaken() {
    receiver.answers = endless("HTTP/1.1 200 OK\r\n", "X-Bomb: " + "z".repeat(1000) + "\r\n");
    Sent attempt = attemptOfAMinute();
    assertEquals("The head of the answer is too large", attempt.error());
    assertNull(attempt.status());
  }

  @Test
  void interimAnswersWithoutEndAreNotTaken() {
    receiver.answers = endless("", "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n");
    assertEquals("The answer is no HTTP", attemptOfAMinute().error());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.9\r\n",
        "220 mail.example.com ESMTP\r\n",
        "\0\1\2\3\4\5\6\7",
        "<html>hello</html>\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "ICY 200 OK\r\n\r\n",
      })
  void garbageIsNoHttp(String bytes) {
    receiver.answers = say(bytes);
    Sent attempt = attempt();
    assertEquals("The answer is no HTTP", attempt.error());
    assertNull(attempt.status());
  }

  @Test
  void oneThatSaysNothingIsGivenUpInTime() {
    receiver.answers = receiver.hang("");
    assertEquals("There was no answer within 0.3 s", attemptInAMoment().error());
  }

  @Test
  void oneThatNeverEndsItsHeadIsGivenUpInTime() {
    receiver.answers = receiver.hang("HTTP/1.1 200 OK\r\nX: ");
    Sent attempt = attemptInAMoment();
    assertEquals("There was no answer within 0.3 s", attempt.error());
    assertNull(attempt.status());
  }

  @Test
  void ofOneThatNeverEndsItsBodyTheStatusCounts() {
    receiver.answers = receiver.hang("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    Sent attempt = attemptInAMoment();
    assertTrue(attempt.isTaken(), attempt::toString);
    assertEquals("half", attempt.answer());
  }

  @Test
  void oneThatClosesOrResetsHasNotTakenIt() {
    receiver.answers = say("");
    assertEquals("The connection was closed before an answer came", attempt().error());
    receiver.answers = reset();
    assertEquals("The connection was closed before an answer came", attempt().error());
  }

  @Test
  void oneThatIsNotThereIsSaidToBe() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = free.getLocalPort();
    }
    Sent result = send(Toys.reach("127.0.0.1"), "http://127.0.0.1:" + port + "/");
    assertEquals("The connection was refused", result.error());
  }

  @Test
  void oneThatAcceptsAndShakesNoHandIsGivenUpInTime() {
    receiver.answers = receiver.hang("");
    String url = "https://127.0.0.1:" + receiver.port() + "/";
    Sent result = send(Toys.reach("", SHORT, "127.0.0.1"), url);
    assertFalse(result.isTaken());
  }

  @Test
  void aNameThatNobodyAnswersForIsGivenUpInTime() {
    Names silent = host -> Promise.<List<InetAddress>>promise().future();
    Reach reach = Toys.reach("", SHORT, "127.0.0.1");
    Sent attempt = Await.result(sent(reach, "https://example.com/", silent));
    assertFalse(attempt.isTaken());
  }

  @Test
  void theExcerptIsTextThatCanBeShown() {
    receiver.answers = say("HTTP/1.1 400 No\r\n\r\n\0bad\u001b[31m\r\n \377thing\n");
    assertEquals("bad [31m    thing", attempt().answer());
  }

  @ParameterizedTest
  @CsvSource({"120, 120", "0, 0", "soon, -1"})
  void whatTheReceiverAsksForIsHeard(String field, long seconds) {
    receiver.answers = status(503, "Retry-After: " + field + "\r\n");
    Duration asked = send(Toys.reach("127.0.0.1"), receiver.url()).retryAfter();
    assertEquals(seconds < 0 ? null : Duration.ofSeconds(seconds), asked);
  }

  /** DNS rebinding: the second answer would lead inside, and nobody asks for it. */
  @Test
  void aNameIsLookedUpOnceForCheckAndConnection() {
    names.with("rebind.example.com", "127.0.0.1").with("rebind.example.com", "127.0.0.2");
    String url = "http://rebind.example.com:" + receiver.port() + "/x";
    Sent result = send(Toys.reach("127.0.0.1"), url);
    assertTrue(result.isTaken(), result::toString);
    assertEquals(List.of("rebind.example.com"), names.asked);
    assertEquals("rebind.example.com:" + receiver.port(), receiver.last().fields().get("host"));
  }

  @Test
  void aNameThatLeadsInsideLaterIsRefusedThen() {
    names.with("rebind.example.com", "127.0.0.1").with("rebind.example.com", "10.0.0.1");
    String url = "http://rebind.example.com:" + receiver.port() + "/x";
    Reach reach = Toys.reach("127.0.0.1");
    assertTrue(send(reach, url).isTaken());
    Sent refused = send(reach, url);
    assertEquals("The URL leads to a private address, which is not allowed", refused.error());
    assertEquals(1, receiver.received.size());
  }

  @Test
  void oneBadAddressAmongGoodOnesIsEnough() {
    names.with("mixed.example.com", "127.0.0.1", "192.168.0.1");
    String url = "http://mixed.example.com:" + receiver.port() + "/x";
    assertFalse(send(Toys.reach("127.0.0.1"), url).isTaken());
    assertEquals(0, receiver.received.size());
  }

  @Test
  void theSecondAddressIsTriedWhereTheFirstIsDead() {
    names.with("two.example.com", "127.0.0.9", "127.0.0.1");
    String url = "http://two.example.com:" + receiver.port() + "/x";
    Sent result = send(Toys.reach("127.0.0.0/8"), url);
    assertTrue(result.isTaken(), result::toString);
  }

  /** By certificate and by name, which goes as SNI, too, though an address is dialled. */
  @Test
  void tlsIsVerified(@TempDir Path dir) throws IOException {
    TestCertificate certificate = TestCertificate.make(dir, "hooks");
    certificate.writeTo(dir.resolve("c.pem"), dir.resolve("k.pem"));
    List<String> asked = new CopyOnWriteArrayList<>();
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setSni(true)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .setCertValue(Buffer.buffer(certificate.certificate()))
                    .setKeyValue(Buffer.buffer(certificate.key())));
    HttpServer server =
        Await.result(
            vertx
                .createHttpServer(options)
                .requestHandler(
                    request -> {
                      asked.add(
                          request.authority() + " " + request.connection().indicatedServerName());
                      request.response().end();
                    })
                .listen(0, "127.0.0.1"));
    int port = server.actualPort();
    names.with("localhost", "127.0.0.1").with("other.example.com", "127.0.0.1");
    String url = "https://localhost:" + port + "/";
    String ca = dir.resolve("c.pem").toString();
    assertTrue(Files.exists(Path.of(ca)));
    Reach trusting = Toys.reach(ca, Duration.ofSeconds(5), "127.0.0.1");
    assertEquals(
        "The host's certificate is not valid, or of another name",
        send(Toys.reach("127.0.0.1"), url).error());
    assertNull(send(trusting, url).error());
    assertEquals(List.of("localhost:" + port + " localhost"), asked);
    assertEquals(
        "The host's certificate is not valid, or of another name",
        send(trusting, "https://other.example.com:" + port + "/").error());
    assertNull(send(trusting, "https://127.0.0.1:" + port + "/").error());
  }
}
