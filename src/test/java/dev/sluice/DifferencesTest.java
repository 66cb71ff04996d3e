package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DifferencesTest {
  private static final String BASE =
      """
      upstreams: { one: { url: "http://one" }, two: { url: "http://two" } }
      routes:
        - { path: "/a/**", upstream: one }
        - { path: "/b/**", upstream: two }
      """;

  @TempDir Path dir;

  @Test
  void nothingDiffersFromTheSame() throws IOException {
    Differences none = between(BASE, "# a remark\n" + BASE);
    assertTrue(none.isEmpty());
    assertEquals(List.of(), none.refusals());
  }

  @Test
  void itNamesWhatIsAddedRemovedAndChanged() throws IOException {
    String now =
        """
        server: { maxBody: 1MB }
        limits: { own: { ip: { requests: 1, window: 1s } } }
        upstreams: { one: { url: "http://one:81" }, three: { url: "http://three" } }
        routes:
          - { path: "/c/**", upstream: three }
          - { path: "/a/**", upstream: one, stripPrefix: /a }
        """;
    Differences differences = between(BASE, now);
    assertEquals(
        "routes: changed /a/**, removed /b/**, added /c/**;"
            + " upstreams: changed one, added three, removed two;"
            + " limits: added own; server.maxBody",
        differences.summary());
    assertEquals(List.of(), differences.refusals());
  }

  @Test
  void theOrderOfRoutesIsToldThoughItMeansNothing() throws IOException {
    String now =
        """
        upstreams: { one: { url: "http://one" }, two: { url: "http://two" } }
        routes:
          - { path: "/b/**", upstream: two }
          - { path: "/a/**", upstream: one }
        """;
    assertEquals("routes: reordered", between(BASE, now).summary());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "server: { port: 1 }|server.port",
        "server: { host: 127.0.0.1 }|server.host",
        "server: { idleTimeout: 1s }|server.idleTimeout",
        "server: { maxHeaders: 1KiB }|server.maxHeaders",
        "data: elsewhere|data",
        "cache: { maxEntry: 1KB }|cache.maxEntry",
        "store: { poolSize: 2 }|store.poolSize",
        "sandbox: { port: 1 }|sandbox.port",
        "observe: { serviceName: other }|observe.serviceName",
      })
  void whatBelongsToTheProcessNeedsARestart(String yaml, String name) throws IOException {
    Differences differences = between("", "version: 1\n" + yaml + "\n");
    assertEquals(
        List.of(dir.resolve("now.yaml") + ":2: needs a restart: " + name), differences.refusals());
  }

  @Test
  void whatIsTakenOutIsNamedWhereItStoodOrByItsDefault() throws IOException {
    List<String> refusals = between("server: { port: 1 }\n", "").refusals();
    assertEquals(1, refusals.size());
    assertTrue(refusals.get(0).endsWith("needs a restart: server.port"), refusals.get(0));
  }

  @Test
  void aProviderIsNamedButNeverItsSecret() throws IOException {
    Differences differences =
        between("", "providers: { twitch: { clientSecret: hush, traffic: { permits: 3 } } }\n");
    assertEquals(Set.of("twitch"), differences.providers());
    assertEquals(List.of(), differences.refusals());
    assertFalse(differences.summary().contains("hush"), differences.summary());
    assertEquals(
        "providers.twitch.clientSecret; providers.twitch.traffic.permits", differences.summary());
  }

  private Differences between(String before, String now) throws IOException {
    return Differences.between(
        load("before.yaml", before).document(), load("now.yaml", now).document());
  }

  private Loaded load(String name, String yaml) throws IOException {
    return Loaded.of(Files.writeString(dir.resolve(name), yaml), Map.of(), Map.of(), List.of());
  }
}
