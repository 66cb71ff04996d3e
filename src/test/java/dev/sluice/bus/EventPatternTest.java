package dev.sluice.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventPatternTest {
  private static final List<String> WORDS = List.of("a", "b");

  /** As the contract says it, word by word. */
  private static boolean matches(String pattern, String name) {
    String[] p = pattern.split("\\.");
    String[] n = name.split("\\.");
    for (int i = 0; i < p.length; i++) {
      boolean last = i == p.length - 1;
      if (i >= n.length) return false;
      if (p[i].equals("*") && last) return true;
      if (!p[i].equals("*") && !p[i].equals(n[i])) return false;
    }
    return p.length == n.length;
  }

  private static List<String> all(List<String> words, int longest) {
    List<String> all = new ArrayList<>();
    List<String> begun = List.of("");
    for (int i = 0; i < longest; i++) {
      List<String> longer = new ArrayList<>();
      for (String before : begun) for (String word : words) longer.add(before + word + ".");
      longer.forEach(text -> all.add(text.substring(0, text.length() - 1)));
      begun = longer;
    }
    return all;
  }

  @Test
  void thePatternsOfAnEventAreThoseThatMatchIt() {
    List<String> patterns = all(List.of("a", "b", "*"), 5);
    for (String name : all(WORDS, 4)) {
      Set<String> having = Set.of(EventPattern.having(name)); // throws where one is there twice
      for (String pattern : patterns) {
        assertEquals(matches(pattern, name), having.contains(pattern), pattern + " and " + name);
      }
    }
  }

  @Test
  void theLongestNameHasNotTooManyPatterns() {
    assertEquals(95, EventPattern.having("a.b.c.d.e.f").length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"*", "job.*", "*.failed", "*.*", "job", "a.b.c.d.e.f", "x-1.y_2", "*.*.*"})
  void isAPattern(String text) {
    assertEquals(text, EventPattern.pattern(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "job.",
        ".job",
        "job..x",
        "**",
        "job*",
        "j*b.x",
        "Job.x",
        "jöb",
        "job x",
        "job.\n",
        "a.b.c.d.e.f.g",
        "-a",
        "_a",
        "%",
        "job.%",
        "a,b",
        "job.*.",
        "*.",
        "'; --"
      })
  void isNoPattern(String text) {
    assertThrows(IllegalArgumentException.class, () -> EventPattern.pattern(text));
  }

  @Test
  void aNameIsNoPattern() {
    assertThrows(IllegalArgumentException.class, () -> EventPattern.name("job.*"));
    String longest = "a".repeat(100);
    assertEquals(longest, EventPattern.name(longest));
    assertThrows(IllegalArgumentException.class, () -> EventPattern.name(longest + "a"));
  }
}
