package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command line without starting anything. */
class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir Path directory;

  @Test
  void versionIsPrinted() {
    assertEquals(0, run(Map.of(), "version"));
    assertTrue(out.toString().startsWith("sluice "));
    assertEquals(0, run(Map.of(), "--version"));
  }

  @Test
  void wrongUsageIsExitCode2() {
    assertEquals(2, run(Map.of()));
    assertEquals(2, run(Map.of(), "rum"));
    assertEquals(2, run(Map.of(), "run", "--prot", "1"));
    assertTrue(err.toString().contains("run"), err.toString());
  }

  @Test
  void theDefaultsAreValid() {
    assertEquals(0, run(Map.of(), "check"), err.toString());
    assertTrue(
        out.toString()
            .startsWith(
                "ok: 92 operations of [identity, traffic, realtime, signaling, push, studio]"),
        out.toString());
  }

  @Test
  void routesAreATableOfOperationsWithTheirPolicies() {
    assertEquals(0, run(Map.of(), "routes"));
    assertTrue(
        out.toString()
            .matches("(?s).*GET +/clips +getClips +studio.*stale-while-revalidate 5m/10m.*"),
        out.toString());
  }

  @Test
  void anUnknownKeyNamesFileLineAndTheNearest() throws IOException {
    Path file = write("version: 1\nserver:\n  prot: 9090\n");
    assertEquals(1, run(Map.of(), "check", "-c", file.toString()));
    assertTrue(
        err.toString().contains(file + ":3: unknown key \"prot\"; did you mean \"port\"?"),
        err.toString());
  }

  @Test
  void mistakesAreInPlainWords() throws IOException {
    assertRefused("server: { port: many }", ":1: port: \"many\" is not a whole number");
    assertRefused("server: { idleTimeout: 5 }", "is not a duration such as 250ms");
    assertRefused("server: { maxBody: huge }", "is not a size such as 64KiB");
    assertRefused("server: [1", "is not YAML");
    assertRefused("apps: [stduio]", "did you mean \"studio\"?");
    assertRefused("version: 2", "version must be 1");
    assertRefused(
        "limits: { default: { ip: { requests: 0, window: 1m } } }", "requests must be above 0");
    assertRefused(
        "limits: { x: { ip: { requests: 1, window: 1m }, paths: [/auth/**, /x/**] } }",
        "limits.x.paths: no operation or route is under /x/**");
    assertRefused("data: \"${NO_SUCH}\"", "${NO_SUCH} is not set in the environment");
    assertRefused("server: { port: 70000 }", "port");
    assertRefused(
        "providers: { twitch: { traffic: { permits: 0 } } }", "permits must be 1 at least");
    assertRefused("a: &x [1]\nb: *x", "unknown key");
    assertRefused("server: { json: { depth: 0 } }", "depth must be from 1 to 500");
    assertRefused(
        "interceptors:\n  - { name: loging }",
        ":2: there is no interceptor \"loging\"; did you mean \"logging\"?");
    assertRefused(
        "interceptors:\n  - name: metrics\n    operations: [getClip]",
        ":3: there is no operation \"getClip\"; did you mean \"getClips\"?");
  }

  @Test
  void anEmptyListMountsNone() throws IOException {
    Path apis = Files.createDirectory(directory.resolve("apis"));
    Files.writeString(apis.resolve("odd.yaml"), "openapi: 3.1.0\nrutes: 1\n");
    Path file = write("apps: []\n");
    assertEquals(1, run(Map.of(), "check", "-c", file.toString()), "the usual directory is read");
    write("apps: []\napis: []\n");
    assertEquals(0, run(Map.of(), "check", "-c", file.toString()), err.toString());
    assertTrue(out.toString().contains("ok: 0 operations of []"), out.toString());
  }

  @Test
  void aKeyWithoutAValueChangesNothing() throws IOException {
    Path file = write("server:\nlimits: { default: null }\n");
    assertEquals(0, run(Map.of(), "check", "-c", file.toString()), err.toString());
  }

  @Test
  void theEnvironmentOverridesAnySetting() {
    assertEquals(1, run(Map.of("SLUICE_SERVER_PORT", "many"), "check"));
    assertTrue(err.toString().contains("environment: SLUICE_SERVER_PORT"), err.toString());
    assertEquals(1, run(Map.of("SLUICE_SERVER_PROT", "1"), "check"));
    assertTrue(err.toString().contains("did you mean SLUICE_SERVER_PORT?"), err.toString());
    assertEquals(
        0,
        run(
            Map.of("SLUICE_SERVER_MAX_BODY", "1MB", "SLUICE_APPS", "identity,traffic,studio"),
            "check"));
  }

  @Test
  void aReloadOfNothingSaysWhereItLookedEvenIfTheConfigurationIsWrong() throws IOException {
    Path data = directory.resolve("there");
    Path file = write("data: " + data + "\nrutes: []\n");
    assertEquals(1, run(Map.of(), "reload", "-c", file.toString()));
    assertTrue(err.toString().contains("data directory " + data), err.toString());
    assertEquals(1, run(Map.of("SLUICE_DATA", data + "2"), "reload"));
    assertTrue(err.toString().contains("data directory " + data + "2"), err.toString());
  }

  @Test
  void aMissingFileIsSaid() {
    assertEquals(1, run(Map.of(), "check", "-c", "no/such.yaml"));
    assertTrue(err.toString().contains("no/such.yaml: there is no such file"));
  }

  private void assertRefused(String yaml, String reason) throws IOException {
    err.getBuffer().setLength(0);
    Path file = write(yaml);
    assertEquals(1, run(Map.of(), "check", "-c", file.toString()), yaml);
    assertTrue(err.toString().contains(reason), yaml + " -> " + err);
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(directory.resolve("sluice.yaml"), yaml);
  }

  private int run(Map<String, String> environment, String... arguments) {
    CommandLine line = Main.commandLine(environment);
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }
}
