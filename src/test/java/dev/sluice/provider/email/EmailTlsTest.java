package dev.sluice.provider.email;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.harness.Await;
import dev.sluice.harness.TestCertificate;
import dev.sluice.harness.WithVertx;
import dev.sluice.observe.Health;
import dev.sluice.observe.Metrics;
import dev.sluice.provider.email.Email.Mail;
import dev.sluice.provider.email.Email.Sent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.parsetools.RecordParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A mail server that is believed for its certificate, and ones that are not. */
@ExtendWith(WithVertx.class)
class EmailTlsTest {
  @TempDir Path dir;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private Vertx vertx;
  private TestCertificate certificate;

  @BeforeEach
  void make(Vertx vertx) {
    this.vertx = vertx;
    certificate = TestCertificate.make(dir, "server");
  }

  @Test
  void anAuthorityOfOnesOwnIsBelieved() throws Exception {
    Path ca = Files.writeString(dir.resolve("ca.pem"), certificate.certificate());
    Await.result(send("ca: " + ca, "security: tls", port(true)));
    assertTrue(said.contains("MAIL FROM:<a@b.co>"), said.toString());
    assertTrue(said.contains("RCPT TO:<c@d.co>"), said.toString());
  }

  @Test
  void thePublicOnesDoNotVouchForIt() {
    refused("security: tls", port(true));
    assertEquals(List.of(), said);
  }

  @Test
  void anotherAuthorityIsNotBelieved() throws Exception {
    String other = TestCertificate.make(dir, "other").certificate();
    Path ca = Files.writeString(dir.resolve("ca.pem"), other);
    refused("ca: " + ca, "security: tls", port(true));
    assertEquals(List.of(), said);
  }

  @Test
  void aServerThatOffersNoEncryptionIsToldNothing() {
    refused("username: u\npassword: p", port(false));
    assertTrue(said.stream().allMatch(line -> line.matches("EHLO .*|HELO .*|QUIT")), "" + said);
  }

  @Test
  void onThisMachineItMayGoWithout() {
    Await.result(send("security: none", port(false)));
    assertTrue(said.contains("MAIL FROM:<a@b.co>"), said.toString());
  }

  private void refused(String... settings) {
    Failure failure = Await.failure(send(settings));
    assertEquals("PROVIDER_ERROR", failure.code());
  }

  private Future<Sent> send(String... settings) {
    String all = "host: localhost\nfrom: a@b.co\n" + String.join("\n", settings);
    Email email = new Email(vertx, new Metrics(), new Health());
    Await.result(email.open(EmailSettingsTest.settings(all)));
    Mail mail = new Mail("c@d.co", "subject", "text", null, "test");
    return Email.send(vertx, mail, Deadline.in(Duration.ofSeconds(15)));
  }

  /** The setting of a server that takes all, and knows no STARTTLS. */
  private String port(boolean encrypted) {
    NetServerOptions options = new NetServerOptions().setHost("localhost").setPort(0);
    if (encrypted) {
      options
          .setSsl(true)
          .setKeyCertOptions(
              new PemKeyCertOptions()
                  .addCertValue(Buffer.buffer(certificate.certificate()))
                  .addKeyValue(Buffer.buffer(certificate.key())));
    }
    return "port: "
        + Await.result(vertx.createNetServer(options).connectHandler(this::talk).listen())
            .actualPort();
  }

  private void talk(NetSocket socket) {
    socket.write("220 ready\r\n");
    boolean[] data = {false};
    socket.handler(
        RecordParser.newDelimited(
            "\r\n",
            bytes -> {
              String line = bytes.toString();
              if (data[0] && !line.equals(".")) return;
              data[0] = line.equals("DATA");
              said.add(line);
              socket.write(data[0] ? "354 go on\r\n" : "250 ok\r\n");
            }));
  }
}
