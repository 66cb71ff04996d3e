package dev.sluice.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Settings;
import dev.sluice.conf.InvalidConfiguration;
import dev.sluice.harness.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookSettingsTest {
  @TempDir Path dir;

  private WebhookSettings read(String section) throws IOException {
    Path file = Files.writeString(dir.resolve("my.yaml"), "webhooks: { " + section + " }\n");
    return Settings.load(file, Map.of(), Map.of()).webhooks();
  }

  @Test
  void theDefaultsAreThoseOfStandardWebhooks() {
    WebhookSettings usual = Settings.load(null, Map.of(), Map.of()).webhooks();
    assertEquals(10, usual.schedule().size());
    assertEquals(Duration.ZERO, usual.schedule().get(0));
    assertEquals(Duration.ofHours(24), usual.schedule().get(9));
    assertEquals(Duration.ofDays(5), usual.disableAfter());
    assertEquals(Duration.ofHours(24), usual.overlap());
    assertEquals(List.of(), usual.allow());
    assertEquals(false, usual.http());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "schedule: [] | schedule must be",
        "schedule: [5s, 5s] | schedule must be",
        "schedule: [5s, 1s] | schedule must be",
        "schedule: [8d] | schedule must be",
        "allow: [10.0.0.0/99] | is not a network such as",
        "allow: ['a host'] | is neither a network",
        "ca: nowhere.pem | ca: ",
        "perUser: -1 | perUser must be",
        "permits: 0 | permits must be",
        "perHost: 65 | perHost must be",
        "timeout: 4s | timeout must not be shorter",
        "timeout: 2m | timeout may be 1m",
        "connectTimeout: 0s | connectTimeout",
        "overlap: 8d | overlap may be",
        "disableAfter: 0s | disableAfter must be",
        "keep: 0s | keep must be",
        "retries: 3 | unknown key",
      })
  void whatCannotBeIsSaid(String section, String reason) {
    String said = assertThrows(InvalidConfiguration.class, () -> read(section)).getMessage();
    assertTrue(said.contains(reason), said);
    assertTrue(said.contains("my.yaml:1"), said);
  }

  @Test
  void authoritiesAreFoundBesideTheFileThatNamesThem() throws IOException {
    TestCertificate.make(dir, "hooks").writeTo(dir.resolve("ca.pem"), dir.resolve("key.pem"));
    assertEquals(dir.resolve("ca.pem").toString(), read("ca: ca.pem").ca());
    assertThrows(InvalidConfiguration.class, () -> read("ca: key.pem"));
  }

  @Test
  void whatCanBeIs() throws IOException {
    WebhookSettings settings =
        read("http: true, allow: [10.0.0.0/8, 'fd00::/8', Hooks.Internal], perHost: 1, permits: 1");
    assertEquals(3, settings.allow().size());
    assertEquals(1, settings.permits());
  }
}
