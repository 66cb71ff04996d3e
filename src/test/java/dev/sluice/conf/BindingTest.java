package dev.sluice.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BindingTest {
  enum Mode {
    PLAIN,
    @JsonProperty("cache-first")
    CACHE_FIRST
  }

  record Inner(int port, String name, boolean open, Double share) {
    Inner {
      if (port > 65535) throw new IllegalArgumentException("port must be at most 65535");
    }
  }

  record Outer(
      Inner inner,
      Duration pause,
      Size size,
      Mode mode,
      List<Integer> codes,
      Map<String, Inner> by) {}

  @Test
  void everythingThatFitsIsBound() {
    Outer outer =
        bind(
            """
            inner: { port: 80, name: x, open: true, share: 0.5 }
            pause: 5s
            size: 64KiB
            mode: cache-first
            codes: [1, 2]
            by: { one: { port: 1, open: false } }
            """);
    assertEquals(new Inner(80, "x", true, 0.5), outer.inner);
    assertEquals(Duration.ofSeconds(5), outer.pause);
    assertEquals(65536, outer.size.bytes());
    assertEquals(Mode.CACHE_FIRST, outer.mode);
    assertEquals(List.of(1, 2), outer.codes);
    assertEquals(1, outer.by.get("one").port);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "inner: { prt: 80 }|f.yaml:2: unknown key \"prt\"; did you mean \"port\"?",
        "inner: { zzzzzz: 1, port: 1, open: true }|f.yaml:2: unknown key \"zzzzzz\"; valid are name, open, port, share",
        "inner: { port: abc }|f.yaml:2: port: \"abc\" is not a whole number",
        "inner: { port: 1.5 }|f.yaml:2: port: \"1.5\" is not a whole number",
        "inner: { port: [1] }|f.yaml:2: port must be a whole number, not a list",
        "inner: { port: ~ }|f.yaml:2: port must be a whole number, not empty",
        "inner: { open: true }|f.yaml:2: port is missing",
        "inner: { port: 1, opn: true }|f.yaml:2: unknown key \"opn\"; did you mean \"open\"?",
        "inner: { port: 70000, open: true }|f.yaml:2: port must be at most 65535",
        "inner: { port: 1, open: maybe }|f.yaml:2: open: \"maybe\" is not true or false",
        "inner: { port: 1, open: true, share: x }|f.yaml:2: share: \"x\" is not a number",
        "inner: { port: 1, open: true, name: 007 }|"
            + "f.yaml:2: name: 7 is not text; put it in quotes",
        "inner: { port: 1, open: true, name: [x] }|f.yaml:2: name must be text, not a list",
        "inner: 5|f.yaml:2: inner must be a section of its own, not 5",
        "inner: [a]|f.yaml:2: inner must be a section of its own, not a list",
        "pause: soon|f.yaml:2: pause: \"soon\" is not a duration such as 250ms, 5s, 10m, 4h or 7d",
        "pause: 5|f.yaml:2: pause: \"5\" is not a duration such as 250ms, 5s, 10m, 4h or 7d",
        "size: big|f.yaml:2: size: \"big\" is not a size such as 64KiB or 10MB",
        "size: -1|f.yaml:2: size: -1 is below 0",
        "mode: plane|f.yaml:2: mode: \"plane\" is not valid; did you mean \"plain\"?",
        "mode: elsewhere|f.yaml:2: mode: \"elsewhere\" is not valid; valid are cache-first, plain",
        "mode: 1|f.yaml:2: mode: \"1\" is not valid; valid are cache-first, plain",
        "codes: 5|f.yaml:2: codes must be a list, not 5",
        "codes: [1, x]|f.yaml:2: codes: \"x\" is not a whole number",
        "by: [a]|f.yaml:2: by must be a section of names and values, not a list",
        "by: { one: { prt: 1 } }|f.yaml:2: unknown key \"prt\"; did you mean \"port\"?",
      })
  void whatDoesNotFitIsNamedWithFileLineAndRemedy(String yaml, String mistake) {
    assertEquals(
        mistake, assertThrows(InvalidConfiguration.class, () -> bind("\n" + yaml)).getMessage());
  }

  /** Nobody is told twice of one mistake, nor sees the second only when the first is corrected. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{inner: {port: x, open: maybe, zz: 1}, pause: 5, mode: 1}|2 port,2 open,2 unknown,2 pause,2 mode",
        "{inner: {port: 70000, open: true, share: x}, size: big}|2 share,2 port,2 size",
        "{inner: {port: ~, opn: true}, codes: [x, 1, y]}|2 port,2 unknown,2 codes,2 codes",
        "{inner: {open: true}, codes: 5}|2 port,2 codes",
        "{by: {one: {prt: 1}, two: {port: 1, open: maybe}, three: 4}}|2 unknown,2 open,2 three",
        "codes:\\n - x\\n - 1\\n - y\\nmode: 3|3 codes,5 codes,6 mode",
      })
  void allMistakesAreTold(String yaml, String mistakes) {
    String told =
        assertThrows(InvalidConfiguration.class, () -> bind("\n" + yaml.replace("\\n", "\n")))
            .getMessage();
    String places =
        told.lines()
            .map(line -> line.replaceFirst("f.yaml:(\\d+): (\\w+).*", "$1 $2"))
            .collect(Collectors.joining(","));
    assertEquals(mistakes, places, told);
  }

  @Test
  void aPartIsBoundAndItsMistakesAreNamedInTheWhole() {
    Document document = Document.parse("f.yaml", "a:\n  b:\n    port: 1\n    nam: x\n");
    String mistake =
        assertThrows(InvalidConfiguration.class, () -> Binding.bind(document, "/a/b", Inner.class))
            .getMessage();
    assertEquals("f.yaml:4: unknown key \"nam\"; did you mean \"name\"?", mistake);
  }

  private static Outer bind(String yaml) {
    return Binding.bind(Document.parse("f.yaml", yaml), "", Outer.class);
  }
}
