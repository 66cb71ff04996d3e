package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.IntNode;
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

class SettingsTest {
  @TempDir Path dir;

  @Test
  void theDefaultsAreWholeAndValid() {
    Settings settings = Settings.load(null, Map.of(), Map.of());
    assertEquals(8080, settings.server().port());
    assertEquals(10_000_000, settings.server().maxBody().bytes());
    assertEquals(Duration.ofMinutes(1), settings.limits().get("default").ip().window());
    assertEquals(List.of(), settings.server().trustedProxies());
    assertEquals(3, settings.providers().twitch().traffic().retry().attempts());
  }

  @Test
  void aFileHoldsJustWhatDiffers() throws IOException {
    Settings settings =
        load("server: { port: 9000 }\nlimits: { login: { ip: { requests: 5, window: 1m } } }\n");
    assertEquals(9000, settings.server().port());
    assertEquals("0.0.0.0", settings.server().host());
    assertEquals(
        List.of(
            "conversation",
            "credentials",
            "default",
            "device",
            "login",
            "mail",
            "search",
            "signaling"),
        settings.limits().keySet().stream().sorted().toList());
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
        "routes: [ { upstream: two } ]|:2: ",
        "routes: [ { upstream: two } ]|path must be one such as /o/**",
        "server: { port: 70000 }|:2: port must be from 0 to 65535",
        "server: { headerTimeout: 0 }|:2: headerTimeout must be above 0",
        "server: { tls: { certificate: a.pem } }|key must name a PEM file too",
        "server: { tls: { certificate: /none.pem, key: b } }|:2: certificate: /none.pem cannot be",
        "server: { tls: { clientCertificates: required } }|clientCa must name a PEM file",
        "server: { tls: { clientCa: a.pem } }|:2: clientCa is of use only with clientCertificates",
        "server: { tls: { clientCertificates: maybe } }|clientCertificates: \"maybe\" is not valid",
        "limits: { login: { ip: { requests: 0, window: 1m } } }|:2: requests must be above 0",
        "limits: { mine: { ip: { requests: 5 } } }|:2: ip: window is missing",
        "limits: { mine: { requests: 5, window: 1m } }|:2: unknown key \"requests\"",
        "limits: { mine: { outage: open } }|:2: mine: counts nobody",
        "limits: { mine: { user: { requests: 1, window: 1m }, tiers: { gold: { requests: 5, window: 1m } } } }|tiers",
        "limits: { mine: { ip: { requests: 1, window: 1m }, paths: [api] } }|:2: paths: \"api\" is not one such as /api/v1/**",
        "cache: { nearBytes: 1KiB }|nearBytes: nothing that large is kept",
        "providers: { twitch: { traffic: { permits: 0 } } }|:2: permits must be 1 at least",
        "providers: { twitch: { traffic: { retry: { attempts: 0 } } } }|:2: attempts must be above",
        "providers: { twitch: { traffic: { retry: { delay: 1m } } } }|maxDelay is shorter than delay",
        "providers: { twitch: { traffic: { retry: { jitter: 3 } } } }|:2: jitter must be from 0 to 1",
        "providers: { twitch: { traffic: { breaker: { failures: 0 } } } }|:2: failures must be above",
        "providers: { twitch: { traffic: { batch: { quiet: 5s } } } }|longest is shorter than quiet",
        "providers: { twitch: { traffic: { quota: { window: 0 } } } }|:2: window must be above 0",
        "providers: { google: { scopes: [email] } }|:2: scopes must have openid among them",
        "providers: { microsoft: { tenant: a/b } }|:2: tenant must be common",
        "store: { postgres: \"mysql://a:secret@h/d\" }|:2: postgres is no URI",
        "store: { postgres: \"postgres://a:secret@h:port/d\" }|:2: postgres is no URI",
        "store: { redis: \"http://secret\" }|:2: redis is no URI",
        "observe: { otlp: \"secret\" }|:2: otlp is no URL",
        "{ apps: [studio], routes: [ { path: /a/**, upstream: b, auth: required } ] }|:2: nobody's tokens are taken",
        "routes: [ { path: /a/**, upstream: b, roles: [x] } ]|roles and permissions need auth",
        "routes: [ { path: /a/**, upstream: b, auth: passthrough } ]|:2: auth may be none, optional",
        "routes: [ { path: /a/**, upstream: b, forwardToken: true } ]|forwardToken needs auth",
        "routes: [ { path: /a/**, upstream: b, requestHeaders: { set: { u: '{user}' } } } ]|{user} is who",
        "routes: [ { path: /a/**, upstream: b, auth: required,"
            + " requestHeaders: { set: { u: '{usr}' } } } ]|{usr} stands for nothing",
        "routes: [ { path: /a/**, upstream: b, requestHeaders: { add: { u: '{user}' } } } ]|not added",
        "routes: [ { path: /a/**, upstream: b, responseHeaders: { set: { u: '{user}' } } } ]|alone",
        "routes: [ { path: /a/**, upstream: b, auth: required, cache: http,"
            + " requestHeaders: { set: { u: '{user}' } } } ]|what is stored is for all",
        "server: { examples: x }|:2: examples must be the sandbox's URL",
        "server: { examples: 'http://a/b' }|:2: examples must be",
        "server: { examples: 'http://a; script-src *' }|:2: examples must be",
        "identity: { leeway: 10m }|:2: leeway may be 5m at most",
        "identity: { issuers: { a: { audience: [x], keysUrl: \"https://x/k\" } } }|:2: a: issuer must be",
        "identity: { issuers: { a: { issuer: x, keysUrl: \"https://x/k\" } } }|:2: a: audience must be",
        "identity: { issuers: { a: { issuer: x, audience: [x] } } }|:2: a: keysUrl must be the URL",
        "identity: { issuers: { a: { issuer: x, audience: [x], keysUrl: \"http://x/k\" } } }|by https",
        "identity: { issuers: { a: { issuer: x, audience: [x], keysUrl: \"https://x/k\","
            + " algorithms: [HS256] } } }|:2: algorithms may be ES256",
        "identity: { issuers: { a: { issuer: x, audience: [x], keysUrl: \"https://x/k\" },"
            + " b: { issuer: x, audience: [x], keysUrl: \"https://x/k\" } } }|two issuers have the iss x",
        "identity: { issuers: { \"a b\": { issuer: x, audience: [x], keysUrl: \"https://x/k\" } } }|a b",
      })
  void whatContradictsItselfIsRefusedAtTheStart(String yaml, String mistake) {
    String message =
        assertThrows(InvalidConfiguration.class, () -> load("\n" + yaml + "\n")).getMessage();
    assertTrue(message.contains(mistake), message);
    assertFalse(message.contains("secret"), message);
  }

  @Test
  void everyMistakeIsToldAtOnceWithItsOwnLine() throws IOException {
    String yaml =
        """
        data: "${NO_SUCH}"
        server:
          port: 70000
          idleTimeout: 0
          headerTimeout: 5s
          drainDelay: 2h
          maxBody: huge
          tls:
            { certificate: none.pem, key: none.key }
        cache:
          nearBytes: 1KiB
          http:
            bytes: 1KiB
        upstreams:
          one:
            url: "http://a"
            conections: 5
          two: { url: "ftp://a", health: { path: x, interval: 0s } }
        routes:
          - path: /a/**
            upstream: on
          - { path: "/b", upstream: one, addPrefix: x, stripPrefix: /b }
          - path: /c/**
            cache: htp
            upstream: two
            limit: defalt
          - path: /a/**
            upstream: one
            stripPrefix: /c
        apps: [studio, stduio]
        apis: [none.yaml]
        rutes: []
        """;
    Path file = Files.writeString(dir.resolve("my.yaml"), yaml);
    String message =
        assertThrows(
                InvalidConfiguration.class,
                () -> Loaded.of(file, Map.of(), Map.of(), List.of("studio")))
            .getMessage()
            .replace(dir + "/", "");
    List<String> expected =
        List.of(
            "my.yaml:1: ${NO_SUCH} is not set",
            "my.yaml:3: port must be from 0",
            "my.yaml:4: idleTimeout must be above 0",
            "my.yaml:6: drainDelay must be an hour",
            "my.yaml:7: maxBody: \"huge\" is not a size",
            "my.yaml:9: certificate: none.pem cannot be read",
            "my.yaml:11: maxEntry is above nearBytes",
            "my.yaml:13: maxEntry must be at most 1GiB, and not above bytes",
            "my.yaml:17: unknown key \"conections\"; did you mean \"connections\"?",
            "my.yaml:18: url must be one such",
            "my.yaml:18: path must be one such as /health",
            "my.yaml:18: interval and timeout must be above 0",
            "my.yaml:21: there is no upstream \"on\"; did you mean \"one\"?",
            "my.yaml:22: path must be one such",
            "my.yaml:22: addPrefix must be one such as /v2",
            "my.yaml:24: cache: \"htp\" is not valid; did you mean \"http\"?",
            "my.yaml:26: there is no limit class \"defalt\"; did you mean \"default\"?",
            "my.yaml:27: /a/** is already led to an upstream at my.yaml:20",
            "my.yaml:29: stripPrefix must be a beginning of path",
            "my.yaml:30: there is no app \"stduio\"; did you mean \"studio\"?",
            "my.yaml:31: apis: there is no file or directory none.yaml",
            "my.yaml:32: unknown key \"rutes\"; did you mean \"routes\"?");
    for (String one : expected) assertTrue(message.contains(one), one + "\nin\n" + message);
    assertEquals(expected.size(), message.lines().count(), message);
  }

  @Test
  void keysGivenTwiceAreAllTold() throws IOException {
    String message =
        assertThrows(InvalidConfiguration.class, () -> load("data: a\ndata: b\ndata: c\n"))
            .getMessage();
    assertTrue(message.contains(":2: \"data\"") && message.contains(":3: \"data\""), message);
  }

  /** A file names others from where it is; the environment, from where the process is. */
  @Test
  void pemFilesAreRelativeToTheFileThatNamesThem() throws Exception {
    TestCertificate own = TestCertificate.make(dir, "own");
    Files.writeString(dir.resolve("own.pem"), own.certificate());
    Files.writeString(dir.resolve("own.key"), own.key());
    String pair = "{ certificate: own.pem, key: own.key }";
    Settings settings =
        load(
            "server: { tls: "
                + pair
                + " }\nupstreams: { a: { url: \"https://a\", tls: "
                + pair.replace("{", "{ ca: own.pem,")
                + " } }\n");
    assertEquals(dir.resolve("own.pem").toString(), settings.server().tls().certificate());
    assertEquals(dir.resolve("own.pem"), settings.upstreams().get("a").tls().ca());
    Map<String, String> environment =
        Map.of("SLUICE_SERVER_TLS_CERTIFICATE", "own.pem", "SLUICE_SERVER_TLS_KEY", "own.key");
    Path file = Files.writeString(dir.resolve("none.yaml"), "version: 1\n");
    String message =
        assertThrows(InvalidConfiguration.class, () -> Settings.load(file, environment, Map.of()))
            .getMessage();
    assertTrue(message.contains("SLUICE_SERVER_TLS_CERTIFICATE: certificate: own.pem"), message);
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
