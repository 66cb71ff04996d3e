package dev.sluice.app.studio.note;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Three-way merging of texts, line by line (as diff3 does, but lines side by side may be changed by
 * one each). Pure, in about linear time.
 */
final class TextMerge {
  private static final String END = "\n";

  private final Map<String, Integer> numbers = new HashMap<>(); // of lines that are equal
  private final List<String> lines = new ArrayList<>(); // by number
  private final List<String> merged = new ArrayList<>();
  private final int[] before;

  private TextMerge(String before) {
    this.before = read(before);
  }

  /** Both changes of a text; null where they touch. The order of the two does not matter. */
  static String of(String before, String mine, String theirs) {
    if (mine.equals(theirs) || mine.equals(before)) return theirs;
    if (theirs.equals(before)) return mine;
    TextMerge merge = new TextMerge(before);
    boolean whole = merge.join(merge.side(mine), merge.side(theirs));
    return whole ? String.join(END, merge.merged) : null;
  }

  /** A text that was changed, and how. */
  private record Side(int[] text, List<LineDiff.Change> changes) {
    LineDiff.Change at(int i) {
      return i < changes.size() ? changes.get(i) : null;
    }
  }

  private Side side(String text) {
    int[] read = read(text);
    return new Side(read, LineDiff.between(before, read));
  }

  private int[] read(String text) {
    String[] split = text.split(END, -1);
    int[] read = new int[split.length];
    for (int i = 0; i < split.length; i++) {
      read[i] = numbers.computeIfAbsent(split[i], line -> numbers.size());
      if (read[i] == lines.size()) lines.add(split[i]);
    }
    return read;
  }

  /** Takes the changes of both in the order of the lines; false where two of them touch. */
  private boolean join(Side mine, Side theirs) {
    int i = 0;
    int j = 0;
    int done = 0;
    while (mine.at(i) != null || theirs.at(j) != null) {
      LineDiff.Change one = mine.at(i);
      LineDiff.Change other = theirs.at(j);
      boolean same = one != null && other != null && same(mine, one, theirs, other);
      if (!same && one != null && other != null && one.touches(other)) return false;
      boolean first = other == null || one != null && one.isBefore(other);
      LineDiff.Change next = first ? one : other;
      take(before, done, next.from());
      take((first ? mine : theirs).text, next.newFrom(), next.newTo());
      done = next.to();
      if (first || same) i++;
      if (!first || same) j++;
    }
    take(before, done, before.length);
    return true;
  }

  private static boolean same(Side a, LineDiff.Change one, Side b, LineDiff.Change other) {
    int length = one.newTo() - one.newFrom();
    if (one.from() != other.from() || one.to() != other.to()) return false;
    if (other.newTo() - other.newFrom() != length) return false;
    for (int k = 0; k < length; k++) {
      if (a.text[one.newFrom() + k] != b.text[other.newFrom() + k]) return false;
    }
    return true;
  }

  private void take(int[] text, int from, int to) {
    for (int i = from; i < to; i++) merged.add(lines.get(text[i]));
  }
}
