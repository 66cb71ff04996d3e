package dev.sluice.app.studio.note;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextMergeTest {

  /** Lines between bars; touching ones give nothing. */
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "a|b|c, a|b|c, a|b|c, a|b|c",
        "a|b|c, A|b|c, a|b|c, A|b|c",
        "a|b|c, A|b|c, a|b|C, A|b|C",
        "a|b|c, A|b|c, a|B|c, A|B|c",
        "a|b|c, A|b|c, A|b|C, A|b|C",
        "a|b|c, A|b|c, X|b|c, -",
        "a|b|c, a|c, a|b|C, a|C",
        "a|b|c, a|c, a|B|c, -",
        "a|b|c, a|c, a|c, a|c",
        "a|b|c, 0|a|b|c, a|b|c|9, 0|a|b|c|9",
        "a|b|c, a|1|b|c, a|b|2|c, a|1|b|2|c",
        "a|b|c, a|1|b|c, a|2|b|c, -",
        "a|b|c, a|1|b|c, a|B|c, a|1|B|c",
        "a|b|c, a|b|1|c, a|B|c, a|B|1|c",
        "a|b|c|d, a|b|1|c|d, a|X|d, -",
        "a|b|c, a|b|c|1, a|b|c|2, -",
        "a|b|c, '', a|b|c, ''",
        "a|b|c, '', a|b|C, -",
        "'', x, '', x",
        "'', x, y, -",
        "a|, a|b|, A|, A|b|",
      })
  void whatBothHaveChanged(String before, String mine, String theirs, String merged) {
    String expected = merged == null ? null : text(merged);
    assertEquals(expected, TextMerge.of(text(before), text(mine), text(theirs)));
    assertEquals(expected, TextMerge.of(text(before), text(theirs), text(mine)));
  }

  private static String text(String lines) {
    return lines.replace('|', '\n');
  }

  @Test
  void whatEndsALineIsKept() {
    assertEquals(
        "A\r\nb\r\nC\r\n", TextMerge.of("a\r\nb\r\nc\r\n", "A\r\nb\r\nc\r\n", "a\r\nb\r\nC\r\n"));
    assertEquals("\n\nx\n", TextMerge.of("\n\n", "\n\nx\n", "\n\n"));
  }

  /** Texts that repeat themselves a lot, which is where differences can be seen in several ways. */
  @Test
  void theOrderOfTheTwoDoesNotMatter() {
    for (int seed = 0; seed < 2000; seed++) theOrderOfTheTwoDoesNotMatter(seed);
  }

  private static void theOrderOfTheTwoDoesNotMatter(int seed) {
    Random random = new Random(seed);
    List<String> before = lines(random, random.nextInt(12), 4);
    String base = String.join("\n", before);
    String mine = String.join("\n", edited(random, before));
    String theirs = String.join("\n", edited(random, before));
    assertEquals(TextMerge.of(base, mine, theirs), TextMerge.of(base, theirs, mine));
    assertEquals(mine, TextMerge.of(base, mine, base));
    assertEquals(mine, TextMerge.of(base, mine, mine));
  }

  private static List<String> lines(Random random, int count, int kinds) {
    return IntStream.range(0, count).mapToObj(i -> "l" + random.nextInt(kinds)).toList();
  }

  private static List<String> edited(Random random, List<String> before) {
    List<String> lines = new ArrayList<>(before);
    for (int edits = random.nextInt(4); edits > 0; edits--) {
      int at = random.nextInt(lines.size() + 1);
      String line = "l" + random.nextInt(6);
      boolean end = at == lines.size();
      switch (random.nextInt(3)) {
        case 0 -> lines.add(at, line);
        case 1 -> {
          if (!end) lines.set(at, line);
        }
        default -> {
          if (!end) lines.remove(at);
        }
      }
    }
    return lines;
  }

  /** The differences are differences: they make one text of the other. */
  @Test
  void changesMakeTheOneOfTheOther() {
    for (int seed = 0; seed < 500; seed++) changesMakeTheOneOfTheOther(seed);
  }

  private static void changesMakeTheOneOfTheOther(int seed) {
    Random random = new Random(seed);
    int most = seed % 10 == 0 ? 1500 : 40; // beyond a table, and within
    int[] old = random.ints(random.nextInt(most), 0, most / 2 + 2).toArray();
    int[] now = random.ints(random.nextInt(most), 0, most / 2 + 2).toArray();
    List<Integer> made = new ArrayList<>();
    int done = 0;
    for (LineDiff.Change change : LineDiff.between(old, now)) {
      while (done < change.from()) made.add(old[done++]);
      assertEquals(change.newFrom(), made.size());
      for (int i = change.newFrom(); i < change.newTo(); i++) made.add(now[i]);
      done = change.to();
    }
    while (done < old.length) made.add(old[done++]);
    assertEquals(IntStream.of(now).boxed().toList(), made);
  }

  @Test
  void editsOfDifferentLinesAreBothThere() {
    for (int seed = 0; seed < 500; seed++) editsOfDifferentLinesAreBothThere(seed);
  }

  private static void editsOfDifferentLinesAreBothThere(int seed) {
    Random random = new Random(seed);
    int count = seed % 10 == 0 ? 3000 : 30;
    List<String> before = IntStream.range(0, count).mapToObj(i -> "line " + i).toList();
    List<String> mine = new ArrayList<>(before);
    List<String> theirs = new ArrayList<>(before);
    List<String> both = new ArrayList<>(before);
    for (int i = 0; i < count; i++) {
      int who = random.nextInt(4);
      String edit = "edit " + i + " by " + who;
      if (who < 2) {
        (who == 0 ? mine : theirs).set(i, edit);
        both.set(i, edit);
      }
    }
    assertEquals(
        String.join("\n", both),
        TextMerge.of(
            String.join("\n", before), String.join("\n", mine), String.join("\n", theirs)));
    int touched = random.nextInt(count);
    mine.set(touched, "mine");
    theirs.set(touched, "theirs");
    assertNull(
        TextMerge.of(
            String.join("\n", before), String.join("\n", mine), String.join("\n", theirs)));
  }

  /** The largest there can be, of the kinds that other algorithms take quadratic time of. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 1000, 1_000_000})
  void hostileTextsTakeNoLongTime(int kinds) {
    Random random = new Random(kinds);
    String before = hostile(random, kinds);
    String mine = hostile(random, kinds);
    assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> TextMerge.of(before, mine, hostile(random, kinds)));
    assertNotNull(TextMerge.of("x\n" + before, "y\n" + before, "x\n" + before + "\nz"));
  }

  private static String hostile(Random random, int kinds) {
    return random
        .ints(131_072, 0, kinds)
        .mapToObj(i -> Integer.toString(i, 36))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void aNoteIsMergedByItsParts() {
    Said before = new Said("t", "a\nb", List.of("x", "y"));
    Said mine = new Said("T", "A\nb", List.of("y", "m"));
    Said theirs = new Said("t", "a\nB", List.of("x", "y", "n"));
    Joined joined = Joined.of(before, mine, theirs);
    assertEquals(new Joined(new Said("T", "A\nB", List.of("y", "n", "m")), List.of()), joined);
    Said other = new Said("other", "X\nb", List.of());
    assertEquals(List.of("/title", "/content"), Joined.of(before, mine, other).touching());
  }

  @Test
  void whatIsTooMuchTogetherTouches() {
    List<String> twelve = IntStream.range(0, 12).mapToObj(i -> "a" + i).toList();
    List<String> others = IntStream.range(0, 12).mapToObj(i -> "b" + i).toList();
    String half = "x".repeat(150_000);
    Said before = new Said("", "m", List.of());
    Joined joined =
        Joined.of(before, new Said("", half + "\nm", twelve), new Said("", "m\n" + half, others));
    assertEquals(List.of("/content", "/tags"), joined.touching());
  }
}
