package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.conf.FileWatch;
import dev.sluice.harness.RunningGateway;
import dev.sluice.provider.email.Email;
import dev.sluice.provider.email.Email.Mail;
import dev.sluice.provider.email.Email.Sent;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Mail of a whole gateway, and the keyset that it makes. */
class EmailIT {
  private static RunningGateway gateway;
  private static Reloader reloader;

  @BeforeAll
  static void start() {
    gateway = new RunningGateway(Map.of());
    Reloader.Source source =
        () -> Loaded.of(gateway.file(), gateway.environment(), Map.of(), List.of());
    FileWatch files = new FileWatch(() -> List.of(gateway.file()));
    reloader = new Reloader(gateway.gateway(), source.load(), source, files, gateway::mounts);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void itSendsByTheSettingsInUse() {
    await(send("a@example.com"));
    assertEquals("Sluice <no-reply@sluice.test>", read("a@example.com").getString("from"));
    assertEquals("UP", health().getJsonObject("smtp").getString("status"));

    reload("SLUICE_PROVIDERS_SMTP_FROM", "new@sluice.test");
    await(send("b@example.com"));
    assertEquals("new@sluice.test", read("b@example.com").getString("from"));

    String host = gateway.environment().get("SLUICE_PROVIDERS_SMTP_HOST");
    reload("SLUICE_PROVIDERS_SMTP_HOST", "");
    String code = await(send("c@example.com").map(Sent::messageId).otherwise(EmailIT::code));
    assertEquals("PROVIDER_NOT_CONFIGURED", code);
    assertTrue(!health().containsKey("smtp"));

    reload("SLUICE_PROVIDERS_SMTP_HOST", host);
    await(send("d@example.com"));
    assertTrue(gateway.get("/metrics").bodyAsString().contains("mail_sent_total{kind=\"it\"} 3.0"));
  }

  @Test
  void theKeysetIsInTheDataDirectoryForItsOwnerAlone() throws IOException {
    Path keyset = gateway.data().resolve("keyset.json");
    String rights = PosixFilePermissions.toString(Files.getPosixFilePermissions(keyset));
    assertEquals("rw-------", rights);
  }

  private static void reload(String variable, String value) {
    gateway.environment().put(variable, value);
    ControlSocket.Outcome outcome = reloader.reload("the test");
    assertTrue(outcome.succeeded(), outcome.text());
  }

  private static String code(Throwable e) {
    return ((Failure) e).code();
  }

  private static Future<Sent> send(String to) {
    Mail mail = new Mail(to, "subject", "text", null, "it");
    return Email.send(gateway.gateway().vertx(), mail, Deadline.in(Duration.ofSeconds(20)));
  }

  private static JsonObject read(String to) {
    return gateway
        .control(HttpMethod.GET, "/mail/messages?to=" + to, null)
        .getJsonArray("messages")
        .getJsonObject(0);
  }

  private static JsonObject health() {
    return gateway.get("/health").bodyAsJsonObject().getJsonObject("components");
  }
}
