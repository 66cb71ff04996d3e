package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.conf.InvalidConfiguration;
import dev.sluice.contract.Contract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where documents are looked for, and what a configuration with some of them is refused for. */
class ApisTest {
  private static final Path KEYSET = Path.of("./data/keyset.json");

  private static final String BOOKS = "upstreams: { books: { url: \"http://127.0.0.1:1\" } }\n";
  private static final String DOCUMENT =
      """
      {"openapi": "3.1.0",
      \t"x-sluice": {"upstream": "books"},
      \t"paths": {"\\/%s": {"get": {"operationId": "%s", "summary": "\\u00e9\\ud83d\\ude00"}}}}
      """;
  @TempDir Path home;
  private Path apis;

  @BeforeEach
  void directory() throws IOException {
    apis = Files.createDirectory(home.resolve("apis"));
  }

  @Test
  void everyDocumentBesideTheConfigurationIsMounted() throws IOException {
    Path one = write("apis/one.json", DOCUMENT.formatted("a", "a"));
    Path two = write("apis/two.yml", DOCUMENT.formatted("b", "b").replaceAll("\t|\\\\(?=/)", ""));
    write("apis/.three.yaml", "not a document");
    write("apis/four.yaml.off", "not one either");
    Settings settings = load(BOOKS);
    assertEquals(List.of(home.resolve("my.yaml"), apis, one, two, KEYSET), settings.files());
    Contract contract = Gateway.check(settings);
    assertEquals("one", contract.operation("a").app());
    assertEquals("/b", contract.operation("b").path());
    String summary = contract.published().at("/paths/~1a/get/summary").asText();
    assertEquals("\u00e9\uD83D\uDE00", summary);
  }

  @Test
  void filesAndDirectoriesMayBeListedInAnyPlace() throws IOException {
    Path one = write("apis/one.yaml", "");
    Path two = write("two.txt", "");
    assertEquals(
        List.of(home.resolve("my.yaml"), two, apis, one, KEYSET),
        load("apis: [two.txt, \"" + apis + "\"]").files());
    assertEquals(Map.of(), load("apis: []").apis().documents());
  }

  @Test
  void theUsualDirectoryMayBeMissingAndIsWatchedForAllThat() throws IOException {
    Files.delete(apis);
    assertEquals(List.of(home.resolve("my.yaml"), apis, KEYSET), load("").files());
    assertEquals(Map.of(), load("apis: apis").apis().documents());
    assertEquals(
        List.of(Path.of("conf/apis"), KEYSET), Settings.load(null, Map.of(), Map.of()).files());
  }

  @Test
  void whatIsNamedMustBeThere() {
    assertRefused("\napis: other", "my.yaml:2: apis: there is no file or directory " + home);
    assertRefused("\napis: [apis, x.yaml]", "my.yaml:2: apis: there is no file or directory");
    assertRefused("\napis: { a: b }", "my.yaml:2: apis must be a directory, or a list of files");
  }

  @Test
  void namesMustDiffer() throws IOException {
    write("apis/one.yaml", DOCUMENT.replace("\t", " ").formatted("a", "a"));
    write("apis/one.json", DOCUMENT.formatted("b", "b"));
    write("apis/studio.json", DOCUMENT.formatted("c", "c"));
    write("apis/bad.yaml", "a: [");
    String mistakes = refusal(BOOKS);
    assertTrue(mistakes.contains("one.yaml: goes by the same name as " + apis), mistakes);
    assertTrue(mistakes.contains("studio.json: goes by the same name as the app"), mistakes);
    assertTrue(mistakes.contains("bad.yaml:1: is not YAML"), mistakes);
  }

  @Test
  void anOperationOfAnAppIsNotDeclaredAgain() throws IOException {
    write("apis/one.json", DOCUMENT.formatted("clips", "getClips"));
    String mistakes = refusal(BOOKS);
    String where = "one.json:3: operationId getClips is already declared at apps/studio/openapi";
    assertTrue(mistakes.contains(where), mistakes);
    assertTrue(mistakes.contains("one.json:3: GET /clips is already declared"), mistakes);
  }

  @Test
  void anUpstreamGoesByNoPartsName() throws IOException {
    write("apis/one.json", DOCUMENT.formatted("a", "a").replace("books", "twitch"));
    String mistake = refusal(BOOKS.replace("books", "twitch"));
    assertTrue(mistake.contains("upstreams: twitch is a part's name of the gateway"), mistake);
  }

  @Test
  void trafficHasTwitchsDefaultsKeyByKey() throws IOException {
    String traffic = BOOKS.replace(" } }", ", traffic: { permits: 2, retry: { attempts: 1 } } } }");
    var settings = load(traffic);
    var books = settings.upstreams().get("books").traffic().with(Duration.ofSeconds(2));
    var twitch = settings.providers().twitch().traffic();
    assertEquals(2, books.permits());
    assertEquals(1, books.retry().attempts());
    assertEquals(twitch.retry().statuses(), books.retry().statuses());
    assertEquals(twitch.retry().delay(), books.retry().delay());
    assertEquals(twitch.mailbox(), books.mailbox());
    assertEquals(twitch.breaker(), books.breaker());
    assertEquals(twitch.timeout(), books.timeout());
    assertEquals(twitch.maxAnswer(), books.maxAnswer());
    assertEquals(0, books.quota().points());
    assertRefused(traffic.replace("permits: 2", "permits: 0"), "permits must be 1 at least");
    assertRefused(traffic.replace("permits: 2", "batch: {}"), "unknown key \"batch\"");
    assertRefused(traffic.replace("permits: 2", "timeout: 0"), "timeout must be above 0");
  }

  @Test
  void theExampleIsARightOneAndSaysNoSecret() throws IOException {
    Files.copy(Path.of("conf/apis/example.yaml.off"), apis.resolve("example.yaml"));
    Path file = write("my.yaml", BOOKS);
    Settings settings = Settings.load(file, Map.of("BOOKS_KEY", "hush"), Map.of());
    Contract contract = Gateway.check(settings);
    assertTrue(RouteTable.of(contract).contains("books GET /v1/books/{id}"));
    assertFalse((settings + RouteTable.of(contract) + contract.operations()).contains("hush"));
  }

  private void assertRefused(String yaml, String expected) {
    String mistakes = refusal(yaml);
    assertTrue(mistakes.contains(expected), mistakes);
  }

  private String refusal(String yaml) {
    return assertThrows(InvalidConfiguration.class, () -> Gateway.check(load(yaml))).getMessage();
  }

  private Settings load(String yaml) throws IOException {
    return Settings.load(write("my.yaml", yaml), Map.of(), Map.of());
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(home.resolve(name), text);
  }
}
