package dev.sluice.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.conf.Binding;
import dev.sluice.conf.Document;
import dev.sluice.conf.InvalidConfiguration;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamSettingsTest {
  @TempDir Path dir;

  @Test
  void anAddressIsEnough() {
    UpstreamSettings settings = read("url: http://127.0.0.1:9000");
    assertEquals(List.of("127.0.0.1:9000"), authorities(settings));
    assertEquals(512, settings.connections());
    assertEquals(5, settings.ejection().failures());
    assertEquals(2, settings.retry().attempts());
    assertEquals(null, settings.health(), "no active checks unless asked for");
  }

  @Test
  void targetsHaveWeightsAndTheRestItsDefaults() {
    UpstreamSettings settings =
        read(
            """
            targets: [{ url: "http://a:1", weight: 3 }, { url: "http://[::1]" }]
            health: { path: /up, expect: [204] }
            ejection: { failures: 2 }
            """);
    assertEquals(List.of("a:1", "[::1]"), authorities(settings));
    assertEquals(3, settings.targets().get(0).weight());
    assertEquals(1, settings.targets().get(1).weight());
    assertEquals("::1", settings.targets().get(1).host());
    assertEquals(80, settings.targets().get(1).port());
    assertEquals(Duration.ofSeconds(5), settings.health().interval());
    assertTrue(settings.health().isWell(204));
    assertEquals(Duration.ofSeconds(30), settings.ejection().longest());
  }

  @Test
  void equalSettingsAreEqual() {
    String yaml = "{ url: \"http://a:1\", health: { path: /up } }";
    assertEquals(read(yaml), read(yaml));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "url: ftp://a|url must be one such as http://127.0.0.1:9000",
        "url: http://a/path|url must have a host and a port alone",
        "connections: 1|url must be one such as",
        "{ url: \"http://a\", targets: [{ url: \"http://b\" }] }|url and targets are both set",
        "targets: []|targets must have one of a weight above 0",
        "targets: [{ url: \"http://a\", weight: 0 }]|targets must have one of a weight above 0",
        "targets: [{ url: \"http://a\", weight: -1 }]|weight must be from 0 to 1000",
        "targets: [{ url: \"http://a\" }, { url: \"http://a\" }]|targets has the same one twice",
        "targets: [{ url: \"http://a\" }, { url: \"https://b\" }]|targets must be all http or all https",
        "targets: [{ uri: \"http://a\" }]|did you mean \"url\"?",
        "{ url: \"http://a\", tls: {} }|tls is for targets with https alone",
        "{ url: \"http://a\", health: {} }|path must be one such as /health",
        "{ url: \"http://a\", health: { path: \"/a b\" } }|path must be one such as /health",
        "{ url: \"http://a\", health: { path: /, expect: [99] } }|expect must be statuses",
        "{ url: \"http://a\", health: { path: /, rise: 0 } }|rise, fall must be 1 at least",
        "{ url: \"http://a\", ejection: { silence: 5ms } }|silence must be 0 or 100ms at least",
        "{ url: \"http://a\", ejection: { longest: 500ms } }|longest is shorter than duration",
        "{ url: \"http://a\", ejection: { statuses: [200] } }|statuses must be from 400 to 599",
        "{ url: \"http://a\", retry: { attempts: 11 } }|attempts must be from 0 to 10",
        "{ url: \"http://a\", retry: { budget: 2 } }|budget must be from 0 to 1",
        "{ url: \"http://a\", idleTimeout: 0ms }|timeouts must be above 0",
        "{ url: \"https://a\", tls: { ca: /nowhere.pem } }|ca: there is no file /nowhere.pem",
        "{ url: \"https://a\", tls: { key: /k.pem } }|certificate and key belong together",
        "{ url: \"https://a\", tls: { serverName: 10.0.0.1 } }|serverName must be a name",
        "{ url: \"https://a\", tls: { verify: false, ca: /a } }|ca is of no use with verify: false",
      })
  void whatCannotBeMeantIsRefused(String yaml, String mistake) {
    String message = assertThrows(InvalidConfiguration.class, () -> read(yaml)).getMessage();
    assertTrue(message.contains(mistake), message);
  }

  @Test
  void filesThatWillNotDoAreNamedWithARemedy() throws IOException {
    Path junk = Files.writeString(dir.resolve("junk.pem"), "junk");
    SelfSignedCertificate one = SelfSignedCertificate.create("one");
    SelfSignedCertificate two = SelfSignedCertificate.create("two");
    String cert = one.certificatePath();
    refused("{ ca: %s }".formatted(junk), "ca: " + junk + " has no certificate; it must be PEM");
    refused("{ certificate: %s, key: %s }".formatted(cert, junk), "openssl pkcs8 -topk8 -nocrypt");
    refused(
        "{ certificate: %s, key: %s }".formatted(cert, two.privateKeyPath()),
        "is not the key of the first certificate in " + cert);
    UpstreamSettings right =
        read(
            "{ url: \"https://a\", tls: { ca: %s, certificate: %s, key: %s } }"
                .formatted(two.certificatePath(), cert, one.privateKeyPath()));
    assertEquals(cert, right.tls().certificate().toString());
    one.delete();
    two.delete();
  }

  private void refused(String tls, String mistake) {
    String yaml = "{ url: \"https://a\", tls: " + tls + " }";
    String message = assertThrows(InvalidConfiguration.class, () -> read(yaml)).getMessage();
    assertTrue(message.contains(mistake), message);
  }

  private static List<String> authorities(UpstreamSettings settings) {
    return settings.targets().stream().map(TargetSettings::authority).toList();
  }

  private static UpstreamSettings read(String yaml) {
    return Binding.bind(Document.parse("my.yaml", yaml), "", UpstreamSettings.class);
  }
}
