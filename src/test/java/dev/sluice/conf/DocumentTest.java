package dev.sluice.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentTest {

  @Test
  void everyValueKnowsItsLine() {
    Document document = parse("a: 1\nb:\n  c:\n    - x\n    - y: 2\n\"d/e~f\": 3\n");
    assertEquals("f.yaml:1: no", document.mistake("/a", "no"));
    assertEquals("f.yaml:3: no", document.mistake("/b/c", "no"));
    assertEquals("f.yaml:5: no", document.mistake("/b/c/1/y", "no"));
    assertEquals("f.yaml:6: no", document.mistake("/d~1e~0f", "no"));
    assertEquals(3, document.at("/d~1e~0f").asInt());
  }

  @Test
  void whatIsMissingIsNamedByTheNearestThingAroundIt() {
    Document document = parse("a:\n  b: 1\n");
    assertEquals("f.yaml:2: no", document.mistake("/a/b/c/d", "no"));
    assertEquals("f.yaml: no", document.mistake("/z", "no"));
  }

  @Test
  void aKeyGivenTwiceIsNamedWithItsLine() {
    assertEquals("f.yaml:3: \"a\" is given twice", mistake("a: 1\nb: 2\na: 3\n"));
    assertEquals("f.yaml:3: \"b\" is given twice", mistake("a:\n  b: 1\n  \"b\": 2\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"on", "off", "yes", "no", "y", "22:22", "1_000", "0x1F", "1e", "+"})
  void whatOnlyYaml11ReadsOtherwiseIsText(String scalar) {
    assertEquals(JsonNodeType.STRING, parse("a: " + scalar).at("/a").getNodeType());
    assertEquals(scalar, parse("a: " + scalar).at("/a").asText());
  }

  @ParameterizedTest
  @CsvSource({
    "5,NUMBER",
    "-5,NUMBER",
    "+5,NUMBER",
    "0.5,NUMBER",
    ".5,NUMBER",
    "1e3,NUMBER",
    "true,BOOLEAN",
    "FALSE,BOOLEAN",
    "~,NULL",
    "null,NULL",
    "'',NULL",
    "12345678901234567890x,STRING",
    "\"5\",STRING",
    "\"true\",STRING"
  })
  void plainScalarsAreReadByTheCoreSchema(String scalar, JsonNodeType type) {
    assertEquals(type, parse("a: " + scalar).at("/a").getNodeType());
  }

  @Test
  void quotedAndBlockTextStaysText() {
    Document document = parse("a: '5'\nb: |\n  true\nc: \"\"\n");
    assertTrue(document.root().properties().stream().allMatch(e -> e.getValue().isTextual()));
  }

  @Test
  void nothingAtAllIsAnEmptyDocument() {
    for (String nothing : List.of("", "# a comment\n", "---\n")) {
      assertEquals(0, parse(nothing).root().size(), nothing);
    }
  }

  @Test
  void badYamlIsNamedWithItsLine() {
    assertTrue(mistake("a: 1\nb: [1, 2\nc: 3\n").matches("f\\.yaml:3: is not YAML: .+"));
    assertTrue(mistake("a: 1\n\tb: 2\n").startsWith("f.yaml:2: is not YAML: "));
    assertTrue(mistake("a: 1\n---\nb: 2\n").startsWith("f.yaml:"));
  }

  @Test
  void anAliasInsideItselfIsRefused() {
    assertTrue(mistake("a: &a [*a]\n").endsWith("is nested too deeply"));
    assertTrue(mistake("a: &a\n  b: *a\n").endsWith("is nested too deeply"));
  }

  @Test
  void aliasesThatMultiplyAreRefused() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 40; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    assertTrue(mistake(bomb.toString()).startsWith("f.yaml: is not YAML: Number of aliases"));
  }

  @Test
  void aKeyThatIsNoTextIsNamedWithItsLine() {
    assertEquals("f.yaml:2: a key must be plain text", mistake("a: 1\n? [b, c]\n: 2\n"));
  }

  @Test
  void filesThatCannotBeReadSayWhy(@TempDir Path dir) throws IOException {
    Path latin = Files.write(dir.resolve("latin.yaml"), new byte[] {'a', ':', ' ', (byte) 0xe9});
    assertTrue(reading(latin).endsWith("latin.yaml: is not UTF-8 text"));
    assertTrue(reading(dir.resolve("none.yaml")).endsWith("none.yaml: there is no such file"));
    assertTrue(reading(dir).contains(": cannot be read"));
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFirstKey(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("bom.yaml"), "\uFEFFa: 1\n");
    assertEquals(1, Document.read(file).at("/a").asInt());
  }

  @Test
  void anOverlayJoinsObjectsAndReplacesTheRest() {
    Document base = Document.parse("base.yaml", "a: { x: 1, y: 2 }\nb: [1, 2]\nc: 1\n");
    Document whole = base.overlay(parse("\na: { y: 3 }\nb: [9]\n"));
    assertEquals("{\"a\":{\"x\":1,\"y\":3},\"b\":[9],\"c\":1}", whole.root().toString());
    assertEquals("base.yaml:1: no", whole.mistake("/a/x", "no"));
    assertEquals("f.yaml:2: no", whole.mistake("/a/y", "no"));
    assertEquals("base.yaml:3: no", whole.mistake("/c", "no"));
  }

  @Test
  void aKeyWithoutAValueKeepsTheDefault() {
    Document base = Document.parse("base.yaml", "a: { x: 1 }\nb: 2\n");
    Document whole = base.overlay(parse("a:\n#  x: 5\nb:\n"));
    assertEquals("{\"a\":{\"x\":1},\"b\":2}", whole.root().toString());
  }

  @Test
  void anOverlayMustHoldKeys() {
    Document base = parse("a: 1\n");
    for (String wrong : List.of("just text", "- a\n- b\n", "5")) {
      Document over = Document.parse("mine.yaml", wrong);
      String message =
          assertThrows(InvalidConfiguration.class, () -> base.overlay(over)).getMessage();
      assertEquals("mine.yaml: must hold keys and values", message);
    }
  }

  private static Document parse(String text) {
    return Document.parse("f.yaml", text);
  }

  private static String mistake(String text) {
    return assertThrows(InvalidConfiguration.class, () -> parse(text)).getMessage();
  }

  private static String reading(Path file) {
    return assertThrows(InvalidConfiguration.class, () -> Document.read(file)).getMessage();
  }
}
