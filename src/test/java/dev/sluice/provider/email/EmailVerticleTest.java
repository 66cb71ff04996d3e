package dev.sluice.provider.email;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.harness.Await;
import dev.sluice.harness.WithVertx;
import dev.sluice.observe.Health;
import dev.sluice.observe.Health.Status;
import dev.sluice.observe.Metrics;
import dev.sluice.provider.email.Email.Mail;
import dev.sluice.provider.email.Email.Sent;
import dev.sluice.sandbox.Sandbox;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(WithVertx.class)
class EmailVerticleTest {
  private final Health health = new Health();
  private final Metrics metrics = new Metrics();
  private Vertx vertx;
  private Sandbox sandbox;
  private HttpClient client; // held here, because Vert.x closes one that nobody refers to
  private Email email;
  private String deployment;

  @BeforeEach
  void open(Vertx vertx) {
    this.vertx = vertx;
    client = vertx.createHttpClient();
    sandbox = Await.result(Sandbox.start(vertx, "127.0.0.1", 0));
    email = new Email(vertx, metrics, health);
  }

  @Test
  void aMailIsSent() {
    start("");
    Sent sent = Await.result(send(mail("ann@example.com")));
    JsonObject mail = mails("ann@example.com").getJsonObject(0);
    assertEquals("Grüße ✓", mail.getString("subject"));
    assertEquals("plain ö", mail.getString("text").strip());
    assertEquals("<p>rich ö</p>", mail.getString("html").strip());
    assertEquals("Grüße <no-reply@example.com>", mail.getString("from"));
    assertEquals(true, mail.getBoolean("tls"));
    JsonObject headers = mail.getJsonObject("headers");
    assertEquals(new JsonArray(List.of(sent.messageId())), headers.getJsonArray("Message-ID"));
    assertTrue(sent.messageId().matches("<[0-9a-f]{24}@example\\.com>"), sent.messageId());
    assertEquals(new JsonArray(List.of("auto-generated")), headers.getJsonArray("Auto-Submitted"));
    assertTrue(metrics.scrape().contains("mail_sent_total{kind=\"test\"} 1.0"));
    assertEquals(Status.UP, status());
  }

  @Test
  void manyAreSent() {
    start("permits: 2");
    List<Future<Sent>> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) all.add(send(mail("n" + i + "@example.com")));
    Await.result(Future.join(all));
    assertEquals(50, mails("").size());
    assertTrue(metrics.scrape().contains("mail_pending 0.0"));
  }

  @Test
  void oneThatIsToComeLaterComesLater() {
    start("");
    Sent sent = Await.result(send(mail("slow-1@example.com")));
    assertFalse(sent.messageId().isEmpty());
    assertEquals(1, mails("slow-1@example.com").size());
    assertEquals(Status.UP, status());
  }

  @Test
  void butNotPastTheDeadline() {
    start("");
    Failure failure = Await.failure(send(mail("slow-2@example.com"), Duration.ofMillis(400)));
    assertEquals(451, failure.facts().details().get("providerStatus"));
    assertTrue(failure.facts().retryable());
    assertEquals(Status.UP, status(), "it has answered");
  }

  @ParameterizedTest
  @ValueSource(strings = {"o'neill+tag@example.com", "a!#$%&*/=?^_`{|}~-@xn--bcher-kva.example"})
  void whateverIsAnAddressIsWritten(String to) {
    start("");
    Await.result(send(mail(to)));
    JsonObject mail = mails("").getJsonObject(0);
    assertEquals(new JsonArray(List.of(to)), mail.getJsonArray("to"));
    assertEquals(new JsonArray(List.of(to)), mail.getJsonObject("headers").getJsonArray("To"));
  }

  @Test
  void oneThatIsRefusedIsNotTriedAgain() {
    start("");
    Failure failure = Await.failure(send(mail("bounce@example.com")));
    assertEquals("PROVIDER_ERROR", failure.code());
    assertEquals(502, failure.status());
    assertEquals(550, failure.facts().details().get("providerStatus"));
    assertFalse(failure.facts().retryable());
    assertTrue(metrics.scrape().contains("mail_failed_total{kind=\"test\"} 1.0"));
    Await.result(send(mail("ann@example.com")));
    assertEquals(Status.UP, status(), "the server is well");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a@example.com\r\nBcc: b@example.com",
        "a@example.com, b@example.com",
        "Ann <a@example.com>",
        "@example.com:a@example.com",
        "a@example.com>\r\nRCPT TO:<b@example.com"
      })
  void noAddressWritesMoreThanItself(String to) {
    start("");
    invalid("to", new Mail(to, "x", "x", null, "test"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x\r\nBcc: b@example.com", "x\ny", "x\ry", "x\u0000", "x\u2028y", " "})
  void norDoesASubject(String subject) {
    start("");
    invalid("subject", new Mail("a@example.com", subject, "x", null, "test"));
  }

  @Test
  void noneIsSentWithoutABody() {
    start("");
    invalid("text", new Mail("a@example.com", "x", null, null, "test"));
    Mail html = new Mail("a@example.com", "x", null, "<b>x</b>", "test");
    Await.result(send(html));
    assertNull(mails("").getJsonObject(0).getString("text"));
  }

  @Test
  void aTextCannotEndItself() {
    start("");
    String text = "x\r\n.\r\nMAIL FROM:<a@b.co>\r\n..y";
    Await.result(send(new Mail("a@example.com", "x", text, null, "test")));
    String read = mails("").getJsonObject(0).getString("text").strip();
    assertEquals(text.lines().toList(), read.lines().toList());
    assertEquals(1, mails("").size());
  }

  @Test
  void aWrongLoginIsSaidAtOnce() {
    start("password: wrong");
    Failure failure = Await.failure(send(mail("a@example.com")));
    assertEquals(535, failure.facts().details().get("providerStatus"));
    assertEquals(Status.DEGRADED, status());
  }

  @Test
  void aCertificateThatNobodyVouchesForIsNotTaken() {
    start("verify: true");
    assertEquals("PROVIDER_ERROR", Await.failure(send(mail("a@example.com"))).code());
    assertEquals(0, mails("").size());
  }

  @Test
  void withoutAServerItFailsInTimeAndRecovers() {
    start("timeout: 1s");
    int port = sandbox.smtpPort();
    Await.result(send(mail("a@example.com"))); // a connection stays, and is then of no use
    Await.result(sandbox.close());
    Failure failure = Await.failure(send(mail("a@example.com")));
    assertEquals("PROVIDER_ERROR", failure.code());
    assertTrue(failure.facts().retryable());
    assertEquals(Status.DEGRADED, status());
    sandbox = Await.result(Sandbox.start(vertx, "127.0.0.1", 0, port));
    Await.result(send(mail("b@example.com")));
    assertEquals(1, mails("").size());
    assertEquals(Status.UP, status());
  }

  @Test
  void aServerThatSaysNothingIsGivenUp() {
    AtomicInteger asked = new AtomicInteger();
    start("{ timeout: 100ms, port: " + silent(asked) + " }");
    assertEquals("PROVIDER_ERROR", Await.failure(send(mail("a@example.com"))).code());
    assertEquals(3, asked.get());
  }

  @Test
  void onlySoManyWait() {
    start("{ permits: 1, timeout: 1m, port: " + silent(new AtomicInteger()) + " }");
    List<Future<Sent>> waiting = new ArrayList<>();
    for (int i = 0; i <= Submission.MOST_WAITING; i++) waiting.add(send(mail("a@example.com")));
    Failure failure = Await.failure(send(mail("a@example.com")));
    assertEquals("OVERLOADED", failure.code());
    assertEquals(503, failure.status());
    assertTrue(failure.facts().after() >= 1);
    Await.result(vertx.undeploy(deployment));
    Failure last = Await.failure(waiting.get(waiting.size() - 1));
    assertEquals("SERVICE_UNAVAILABLE", last.code());
  }

  @Test
  void withoutSettingsItNamesWhatIsMissing() {
    deployment = Await.result(email.open(EmailSettingsTest.settings("port: 25")));
    Failure failure = Await.failure(send(mail("a@example.com")));
    assertEquals("PROVIDER_NOT_CONFIGURED", failure.code());
    assertEquals(503, failure.status());
    assertEquals("providers.smtp.host", failure.facts().details().get("setting"));
    assertNull(status());
    email.use(settings(""));
    Await.result(send(mail("a@example.com")));
    assertEquals(Status.UP, status());
  }

  @Test
  void otherSettingsAreForWhatIsHandedInFromThenOn() {
    start("from: old@example.com");
    Future<Sent> old = send(mail("slow-1@example.com"));
    Await.until("handed in", () -> metrics.scrape().contains("mail_pending 1.0"));
    email.use(settings("from: new@example.com"));
    Await.result(send(mail("a@example.com")));
    Await.result(old);
    assertEquals("new@example.com", mails("a@example.com").getJsonObject(0).getString("from"));
    assertEquals("old@example.com", mails("slow-1@example.com").getJsonObject(0).getString("from"));
  }

  private void start(String differs) {
    deployment = Await.result(email.open(settings(differs)));
  }

  private EmailSettings settings(String differs) {
    String all =
        """
        host: 127.0.0.1
        port: %d
        verify: false
        username: %s
        password: %s
        from: "Grüße <no-reply@example.com>"
        """
            .formatted(sandbox.smtpPort(), Sandbox.SMTP_USERNAME, Sandbox.SMTP_PASSWORD);
    return EmailSettingsTest.settings(all, differs);
  }

  /** The port of a server that takes connections and says nothing. */
  private int silent(AtomicInteger asked) {
    NetServer server = vertx.createNetServer().connectHandler(socket -> asked.incrementAndGet());
    return Await.result(server.listen(0, "127.0.0.1")).actualPort();
  }

  private static Mail mail(String to) {
    return new Mail(to, "Grüße ✓", "plain ö", "<p>rich ö</p>", "test");
  }

  private Future<Sent> send(Mail mail) {
    return send(mail, Duration.ofSeconds(20));
  }

  private Future<Sent> send(Mail mail, Duration time) {
    return Email.send(vertx, mail, Deadline.in(time));
  }

  private void invalid(String field, Mail mail) {
    Failure failure = Await.failure(send(mail));
    assertEquals("VALIDATION_ERROR", failure.code());
    assertEquals(400, failure.status());
    assertEquals(field, failure.facts().fields().get(0).field());
    assertEquals(0, mails("").size());
  }

  private Status status() {
    return Await.result(health.report()).components().get("smtp");
  }

  private JsonArray mails(String to) {
    String path = "/mail/messages" + (to.isEmpty() ? "" : "?to=" + to);
    return Await.result(
        Await.begun(
            vertx,
            () ->
                client
                    .request(HttpMethod.GET, sandbox.port(), "127.0.0.1", path)
                    .compose(request -> request.send())
                    .compose(HttpClientResponse::body)
                    .map(body -> body.toJsonObject().getJsonArray("messages"))));
  }
}
