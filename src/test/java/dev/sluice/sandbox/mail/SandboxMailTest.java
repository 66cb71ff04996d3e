package dev.sluice.sandbox.mail;

import static dev.sluice.sandbox.RunningSandbox.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.sandbox.RunningSandbox;
import dev.sluice.sandbox.Sandbox;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mail.LoginOption;
import io.vertx.ext.mail.MailClient;
import io.vertx.ext.mail.MailConfig;
import io.vertx.ext.mail.MailMessage;
import io.vertx.ext.mail.SMTPException;
import io.vertx.ext.mail.StartTLSOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SandboxMailTest {

  @RegisterExtension static final RunningSandbox sandbox = new RunningSandbox();

  @BeforeEach
  void empty() {
    assertEquals(204, sandbox.send("DELETE", "/mail/messages", null).status());
  }

  @Test
  void aMailIsReadAsItWasSent() {
    send(mail("Ann@example.com").setSubject("Grüße, 日本 ✓").setText("Zeile 1\n.Zeile ü"));
    JsonObject mail = messages("?to=ann@EXAMPLE.com").getJsonObject(0);
    assertEquals("Grüße, 日本 ✓", mail.getString("subject"));
    assertEquals("Zeile 1\n.Zeile ü", mail.getString("text").replace("\r\n", "\n").strip());
    assertNull(mail.getString("html"));
    assertEquals("Sluice <no-reply@example.com>", mail.getString("from"));
    assertEquals(new JsonArray(List.of("Ann@example.com")), mail.getJsonArray("to"));
    assertEquals(true, mail.getBoolean("tls"));
    assertEquals(
        new JsonArray(List.of("Ann@example.com")),
        mail.getJsonObject("headers").getJsonArray("To"));
    String id = mail.getString("id");
    assertEquals(mail, sandbox.send("GET", "/mail/messages/" + id, null).json());
  }

  @Test
  void bothFormsOfATextAreRead() {
    send(mail("a@example.com").setText("plain ö").setHtml("<p>rich ö</p>"));
    JsonObject mail = messages("").getJsonObject(0);
    assertEquals("plain ö", mail.getString("text").strip());
    assertEquals("<p>rich ö</p>", mail.getString("html").strip());
  }

  @Test
  void theNewestIsFirstAndTheListIsLimited() {
    for (int i = 0; i < 3; i++) {
      send(mail("a@example.com").setSubject("n" + i).setText("x"));
    }
    send(mail("b@example.com").setText("x"));
    JsonArray two = messages("?to=a@example.com&limit=2");
    assertEquals(2, two.size());
    assertEquals("n2", two.getJsonObject(0).getString("subject"));
    assertEquals("n1", two.getJsonObject(1).getString("subject"));
    assertEquals(4, messages("").size());
    assertEquals(0, messages("?to=c@example.com").size());
    assertEquals(400, sandbox.send("GET", "/mail/messages?limit=-1", null).status());
    assertEquals(404, sandbox.send("GET", "/mail/messages/none", null).status());
    assertEquals(404, sandbox.send("GET", "/mail/else", null).status());
  }

  @Test
  void withoutEncryptionNothingIsTaken() throws IOException {
    MailConfig plain = config().setStarttls(StartTLSOptions.DISABLED);
    assertThrows(CompletionException.class, () -> send(plain, mail("a@example.com").setText("x")));
    plain.setLogin(LoginOption.DISABLED);
    assertEquals(530, refusal(plain, mail("a@example.com").setText("x")).getReplyCode());
    assertTrue(talk("EHLO me", "AUTH PLAIN AHgAeA==").startsWith("530"));
    assertEquals(0, messages("").size());
  }

  @Test
  void withoutALoginNothingIsTaken() {
    MailConfig stranger = config().setLogin(LoginOption.DISABLED);
    assertEquals(530, refusal(stranger, mail("a@example.com").setText("x")).getReplyCode());
    for (String way : List.of("PLAIN", "LOGIN")) {
      MailConfig guess = config().setAuthMethods(way).setPassword("wrong");
      assertEquals(535, refusal(guess, mail("a@example.com").setText("x")).getReplyCode(), way);
      send(config().setAuthMethods(way), mail("a@example.com").setText("x"));
    }
    assertEquals(2, messages("").size());
  }

  @Test
  void someAddressesHaveTrouble() {
    MailMessage bounced = mail("bounce-1@example.com").setText("x");
    assertEquals(550, refusal(config(), bounced).getReplyCode());
    MailMessage slow = mail("slow-1@example.com").setText("x");
    assertEquals(451, refusal(config(), slow).getReplyCode());
    assertEquals(451, refusal(config(), slow).getReplyCode());
    send(slow);
    send(slow);
    assertEquals(2, messages("").size());
  }

  @Test
  void oneThatIsTooLargeIsRefused() throws Exception {
    String large = ("x".repeat(70) + "\n").repeat(MailServer.LARGEST / 70);
    assertThrows(CompletionException.class, () -> send(mail("a@example.com").setText(large)));
    assertEquals(0, messages("").size());
  }

  @Test
  void theIndexTellsOfIt() {
    JsonObject mail = sandbox.control("GET", "", null).json().getJsonObject("mail");
    assertEquals(sandbox.sandbox().smtpPort(), mail.getInteger("smtpPort"));
    assertEquals(Sandbox.SMTP_USERNAME, mail.getString("username"));
    assertTrue(mail.getJsonObject("trouble").containsKey("bounce…@"));
  }

  @Test
  void aPortInUseIsNamedAndNothingStaysOpen() throws IOException {
    int port;
    try (ServerSocket taken = new ServerSocket(0)) {
      port = taken.getLocalPort();
    }
    int smtp = sandbox.sandbox().smtpPort();
    CompletionException failed =
        assertThrows(
            CompletionException.class,
            () -> await(Sandbox.start(sandbox.vertx(), "127.0.0.1", port, smtp)));
    String message = failed.getCause().getMessage();
    assertTrue(message.contains(":" + smtp) && message.contains("sandbox.smtpPort"), message);
    Sandbox now = await(Sandbox.start(sandbox.vertx(), "127.0.0.1", port, 0));
    int own = now.smtpPort();
    await(now.close());
    assertThrows(IOException.class, () -> new Socket("127.0.0.1", own).close());
    Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .forEach(name -> assertFalse(name.contains(":" + own), name));
  }

  /** The last answer to these lines. */
  private static String talk(String... lines) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", sandbox.sandbox().smtpPort())) {
      socket.setSoTimeout(10_000);
      BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream()));
      String answer = in.readLine();
      for (String line : lines) {
        socket.getOutputStream().write((line + "\r\n").getBytes());
        do {
          answer = in.readLine();
        } while (answer.charAt(3) == '-');
      }
      return answer;
    }
  }

  private static MailMessage mail(String to) {
    return new MailMessage().setFrom("Sluice <no-reply@example.com>").setTo(to);
  }

  private static MailConfig config() {
    return new MailConfig("127.0.0.1", sandbox.sandbox().smtpPort())
        .setStarttls(StartTLSOptions.REQUIRED)
        .setTrustAll(true)
        .setHostnameVerificationAlgorithm("")
        .setLogin(LoginOption.REQUIRED)
        .setUsername(Sandbox.SMTP_USERNAME)
        .setPassword(Sandbox.SMTP_PASSWORD);
  }

  private static void send(MailMessage mail) {
    send(config(), mail);
  }

  private static void send(MailConfig config, MailMessage mail) {
    MailClient client = MailClient.create(sandbox.vertx(), config);
    try {
      await(client.sendMail(mail));
    } finally {
      await(client.close().otherwiseEmpty()); // it may say QUIT to one that has left
    }
  }

  private static SMTPException refusal(MailConfig config, MailMessage mail) {
    Throwable thrown = assertThrows(CompletionException.class, () -> send(config, mail)).getCause();
    return (SMTPException) thrown;
  }

  private static JsonArray messages(String query) {
    return sandbox.send("GET", "/mail/messages" + query, null).json().getJsonArray("messages");
  }
}
