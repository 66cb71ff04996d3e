package dev.sluice.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverridesTest {
  private static final String YAML =
      """
      server: { port: 8080, maxBody: 10MB, open: true }
      secret: "old"
      id: "123"
      apps: [a, b]
      """;

  @Test
  void anySettingIsOverriddenByItsName() {
    Document whole =
        apply(YAML, Map.of("SLUICE_SERVER_PORT", "9090", "SLUICE_SERVER_MAXBODY", "1KiB"));
    assertEquals(9090, whole.at("/server/port").asInt());
    assertTrue(whole.at("/server/port").isNumber());
    assertEquals("1KiB", whole.at("/server/maxBody").asText());
    assertEquals(
        9090, apply(YAML, Map.of("SLUICE_SERVER_PORT", "9090")).at("/server/port").asInt());
  }

  @Test
  void underscoresInsideAWordDoNotMatter() {
    assertEquals(
        "1KiB",
        apply(YAML, Map.of("SLUICE_SERVER_MAX_BODY", "1KiB")).at("/server/maxBody").asText());
  }

  @Test
  void textStaysTextHoweverItLooks() {
    Document whole = apply(YAML, Map.of("SLUICE_ID", "007", "SLUICE_SECRET", "true"));
    assertEquals("\"007\"", whole.at("/id").toString());
    assertEquals("\"true\"", whole.at("/secret").toString());
  }

  @Test
  void aListIsSplitAtCommas() {
    assertEquals(
        "[\"x\",\"y\"]", apply(YAML, Map.of("SLUICE_APPS", "x, y,")).at("/apps").toString());
    assertEquals("[]", apply(YAML, Map.of("SLUICE_APPS", "")).at("/apps").toString());
  }

  @Test
  void aFileHoldsTheValueWithoutItsLastNewline(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("secret"), "s3cret\n");
    assertEquals(
        "s3cret", apply(YAML, Map.of("SLUICE_SECRET_FILE", "" + file)).at("/secret").asText());
    Document named = apply("a: \"${TOKEN}\"", Map.of("TOKEN_FILE", "" + file));
    assertEquals("s3cret", named.at("/a").asText());
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertEquals(
        "environment: SLUICE_SECRET_FILE: cannot read /no/such",
        mistake(YAML, Map.of("SLUICE_SECRET_FILE", "/no/such")));
    assertTrue(
        mistake("a: \"${T}\"", Map.of("T_FILE", "/no/such")).contains("T_FILE: cannot read"));
  }

  @Test
  void variablesStandAnywhereInAText() {
    Document whole = apply("a: \"x-${A}-${B:-b}\"\nl: [\"${A}\"]", Map.of("A", "$1\\"));
    assertEquals("x-$1\\-b", whole.at("/a").asText());
    assertEquals("$1\\", whole.at("/l/0").asText());
  }

  @Test
  void aDefaultStandsInForAnUnsetAndForAnEmptyVariable() {
    assertEquals("d", apply("a: \"${A:-d}\"", Map.of()).at("/a").asText());
    assertEquals("d", apply("a: \"${A:-d}\"", Map.of("A", "")).at("/a").asText());
    assertEquals("", apply("a: \"${A:-}\"", Map.of()).at("/a").asText());
    assertEquals("", apply("a: \"${A}\"", Map.of("A", "")).at("/a").asText());
  }

  @Test
  void anUnsetVariableIsNamedWithFileAndLine() {
    assertEquals(
        "f.yaml:2: ${NOPE} is not set in the environment",
        mistake("a: 1\nb: \"${NOPE}\"", Map.of()));
  }

  @Test
  void whatAVariableHoldsIsNotExpandedAgain() {
    assertEquals("${B}", apply("a: \"${A}\"", Map.of("A", "${B}", "B", "no")).at("/a").asText());
  }

  @Test
  void anUnknownSettingIsNamedWithTheNearest() {
    assertEquals(
        "environment: SLUICE_SERVER_PROT is not a setting; did you mean SLUICE_SERVER_PORT?",
        mistake(YAML, Map.of("SLUICE_SERVER_PROT", "1")));
    assertEquals(
        "environment: SLUICE_ZZZZZZZZZZZZ is not a setting; names are SLUICE_SECTION_KEY",
        mistake(YAML, Map.of("SLUICE_ZZZZZZZZZZZZ", "1")));
  }

  @Test
  void otherVariablesAreNobodysBusiness() {
    assertEquals(
        Document.parse("f.yaml", YAML).root(),
        apply(YAML, Map.of("PATH", "/bin", "SLUICE", "x")).root());
  }

  @Test
  void everyMistakeIsToldAtOnce() {
    String all = mistake("a: \"${X}\"", Map.of("SLUICE_NOPE", "1", "SLUICE_NADA", "2"));
    assertEquals(3, all.lines().count(), all);
  }

  @Test
  void aWrongValueIsNamedByItsVariable() {
    Document whole = apply(YAML, Map.of("SLUICE_SERVER_PORT", "abc"));
    assertEquals("environment: SLUICE_SERVER_PORT: no", whole.mistake("/server/port", "no"));
  }

  private static Document apply(String yaml, Map<String, String> environment) {
    List<String> mistakes = new ArrayList<>();
    Document applied = Overrides.apply(Document.parse("f.yaml", yaml), environment, mistakes);
    if (!mistakes.isEmpty()) throw new InvalidConfiguration(mistakes);
    return applied;
  }

  private static String mistake(String yaml, Map<String, String> environment) {
    return assertThrows(InvalidConfiguration.class, () -> apply(yaml, environment)).getMessage();
  }
}
