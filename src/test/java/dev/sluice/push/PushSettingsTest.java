package dev.sluice.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Settings;
import dev.sluice.conf.InvalidConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PushSettingsTest {
  @TempDir Path dir;

  private PushSettings read(String section) throws IOException {
    Path file = Files.writeString(dir.resolve("my.yaml"), "push: { " + section + " }\n");
    return Settings.load(file, Map.of(), Map.of()).push();
  }

  @Test
  void theDefaultsAreOnesToBeginWith() {
    PushSettings usual = Settings.load(null, Map.of(), Map.of()).push();
    assertEquals(Duration.ofDays(1), usual.ttl());
    assertEquals(Urgency.NORMAL, usual.urgency());
    assertFalse(usual.http());
    assertNull(usual.key());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "subject: ops@example.com | subject must be",
        "subject: 'mailto:a@b\"c' | subject must be",
        "subject: 'http://example.com' | subject must be",
        "publicKey: AAAA | publicKey is not an uncompressed point",
        "privateKey: AAAA | privateKey has no publicKey beside it",
        "ttl: 500ms | ttl must be",
        "ttl: 29d | ttl must be",
        "urgency: urgent | is not valid",
        "events: [{ urgency: low }] | pattern is missing",
        "events: [{ pattern: 'Job.*' }] | pattern ",
        "events: [{ pattern: 'job.*', ttl: 60d }] | ttl must be",
        "events: [{ pattern: 'job.*', topic: x }] | unknown key",
        "perUser: 0 | perUser must be",
        "allow: [10.0.0.0/99] | is not a network such as",
        "ca: nowhere.pem | ca: ",
        "timeout: 4s | timeout must not be shorter",
        "delay: 1h | maxDelay must not be shorter",
        "removeAfter: 0s | removeAfter must be",
        "permits: 0 | permits must be",
        "perHost: 65 | perHost must be",
        "vapid: x | unknown key",
      })
  void whatCannotBeIsSaid(String section, String reason) {
    String said = assertThrows(InvalidConfiguration.class, () -> read(section)).getMessage();
    assertTrue(said.contains(reason), said);
    assertTrue(said.contains("my.yaml:1"), said);
  }

  @Test
  void aKeyPairOfOnesOwnIsTakenAndNotShown() throws IOException {
    ServerKey key = ServerKey.make();
    PushSettings settings =
        read("publicKey: " + key.publicKey() + ", privateKey: " + key.privateKey());
    assertEquals(key, settings.key());
    assertFalse(settings.toString().contains(key.privateKey()));
  }

  @Test
  void theFirstThatHasAnEventCounts() throws IOException {
    PushSettings settings =
        read(
            "urgency: low, events: [{ pattern: job.failed, urgency: very-low, replaceable: true },"
                + " { pattern: 'job.*', ttl: 1h }]");
    EventSettings failed = settings.of("job.failed");
    assertEquals(Urgency.VERY_LOW, failed.urgency());
    assertEquals("very-low", failed.urgency().word());
    assertEquals(Duration.ofDays(1), failed.ttl());
    assertTrue(failed.replaceable());
    assertEquals(Duration.ofHours(1), settings.of("job.succeeded").ttl());
    assertEquals(Urgency.LOW, settings.of("job.succeeded").urgency());
    assertEquals(Duration.ofDays(1), settings.of("mail.received").ttl());
  }
}
