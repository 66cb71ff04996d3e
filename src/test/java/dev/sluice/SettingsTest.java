package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.IntNode;
import dev.sluice.conf.InvalidConfiguration;
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

class SettingsTest {
  @TempDir Path dir;

  @Test
  void theDefaultsAreWholeAndValid() {
    Settings settings = Settings.load(null, Map.of(), Map.of());
    assertEquals(8080, settings.server().port());
    assertEquals(10_000_000, settings.server().maxBody().bytes());
    assertEquals(Duration.ofMinutes(1), settings.limits().get("default").window());
    assertEquals(List.of(), settings.server().trustedProxies());
    assertEquals(3, settings.providers().twitch().traffic().retry().attempts());
  }

  @Test
  void aFileHoldsJustWhatDiffers() throws IOException {
    Settings settings =
        load("server: { port: 9000 }\nlimits: { login: { requests: 5, window: 1m } }\n");
    assertEquals(9000, settings.server().port());
    assertEquals("0.0.0.0", settings.server().host());
    assertEquals(
        List.of("default", "login"), settings.limits().keySet().stream().sorted().toList());
  }

  @Test
  void aSectionWithoutAnythingInItKeepsItsDefaults() throws IOException {
    assertEquals(8080, load("server:\n  # port: 9000\ncache:\n").server().port());
  }

  @Test
  void theEnvironmentGoesBeforeTheFileAndTheCommandLineBeforeBoth() throws IOException {
    Path file = Files.writeString(dir.resolve("my.yaml"), "server: { port: 1, maxBody: 1KB }\n");
    Map<String, String> environment =
        Map.of("SLUICE_SERVER_PORT", "2", "SLUICE_SERVER_MAXBODY", "2KB");
    Settings settings =
        Settings.load(file, environment, Map.of("/server/port", IntNode.valueOf(3)));
    assertEquals(3, settings.server().port());
    assertEquals(2000, settings.server().maxBody().bytes());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version: 2|:2: version must be 1",
        "server: { prot: 1 }|:2: unknown key \"prot\"; did you mean \"port\"?",
        "server: { port: 70000 }|:2: port must be from 0 to 65535",
        "server: { headerTimeout: 0 }|:2: headerTimeout, bodyTimeout, idleTimeout must be above 0",
        "server: { tls: { certificate: a.pem } }|key must name a PEM file too",
        "server: { tls: { certificate: /none.pem, key: b } }|:2: certificate: /none.pem cannot be",
        "server: { tls: { clientCertificates: required } }|clientCa must name a PEM file",
        "server: { tls: { clientCa: a.pem } }|:2: clientCa is of use only with clientCertificates",
        "server: { tls: { clientCertificates: maybe } }|clientCertificates: \"maybe\" is not valid",
        "limits: { login: { requests: 0, window: 1m } }|:2: requests must be above 0",
        "limits: { login: { requests: 5 } }|:2: login: window must be above 0",
        "cache: { nearBytes: 1KiB }|nearBytes: nothing that large is kept",
        "providers: { twitch: { traffic: { permits: 0 } } }|:2: permits must be 1 at least",
        "providers: { twitch: { traffic: { retry: { attempts: 0 } } } }|:2: attempts must be above",
        "providers: { twitch: { traffic: { retry: { delay: 1m } } } }|maxDelay is shorter than delay",
        "providers: { twitch: { traffic: { retry: { jitter: 3 } } } }|:2: jitter must be from 0 to 1",
        "providers: { twitch: { traffic: { breaker: { failures: 0 } } } }|:2: failures must be above",
        "providers: { twitch: { traffic: { batch: { quiet: 5s } } } }|longest is shorter than quiet",
        "providers: { twitch: { traffic: { quota: { window: 0 } } } }|:2: window must be above 0",
        "store: { postgres: \"mysql://a:secret@h/d\" }|:2: postgres is no URI",
        "store: { postgres: \"postgres://a:secret@h:port/d\" }|:2: postgres is no URI",
        "store: { redis: \"http://secret\" }|:2: redis is no URI",
        "observe: { otlp: \"secret\" }|:2: otlp is no URL",
      })
  void whatContradictsItselfIsRefusedAtTheStart(String yaml, String mistake) {
    String message =
        assertThrows(InvalidConfiguration.class, () -> load("\n" + yaml + "\n")).getMessage();
    assertTrue(message.contains(mistake), message);
    assertFalse(message.contains("secret"), message);
  }

  @Test
  void aMistakeOnTheCommandLineIsNamedSo() {
    Map<String, com.fasterxml.jackson.databind.JsonNode> arguments =
        Map.of("/server/port", IntNode.valueOf(-1));
    String message =
        assertThrows(InvalidConfiguration.class, () -> Settings.load(null, Map.of(), arguments))
            .getMessage();
    assertEquals("command line: port must be from 0 to 65535", message);
  }

  private Settings load(String yaml) throws IOException {
    return Settings.load(Files.writeString(dir.resolve("my.yaml"), yaml), Map.of(), Map.of());
  }
}
