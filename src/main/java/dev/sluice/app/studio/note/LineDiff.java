package dev.sluice.app.studio.note;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What differs between two lists of lines, which are told by numbers. Where they are short, the
 * least that can be; else what is between lines that each has once (patience diff). Takes about
 * linear time and memory, whatever the texts are: Myers' algorithm, which libraries have, takes
 * quadratic time of what a client sends.
 */
final class LineDiff {
  private static final int CELLS = 250_000; // of a table of two parts that are compared by it
  private static final int DEPTH = 32;

  private final int[] old;
  private final int[] now;
  private final List<Change> changes = new ArrayList<>();

  /**
   * Lines that others are in the place of; where there are none, some were inserted before the
   * first.
   *
   * @param from the first of them
   * @param to behind the last
   * @param newFrom the first of the others
   * @param newTo behind the last
   */
  record Change(int from, int to, int newFrom, int newTo) {

    /** Whether two changes of the same lines are of the same of them, or of the same place. */
    boolean touches(Change other) {
      boolean samePlace = from == to && other.from == other.to && from == other.from;
      return samePlace || from < other.to && other.from < to;
    }

    /** Of two that do not touch. */
    boolean isBefore(Change other) {
      return from < other.from || from == other.from && to <= other.to;
    }
  }

  private LineDiff(int[] old, int[] now) {
    this.old = old;
    this.now = now;
  }

  /** In the order of the lines; no two of them are next to each other. */
  static List<Change> between(int[] old, int[] now) {
    LineDiff diff = new LineDiff(old, now);
    diff.compare(new Change(0, old.length, 0, now.length), DEPTH);
    return diff.changes;
  }

  private void compare(Change part, int depth) {
    int from = part.from;
    int to = part.to;
    int newFrom = part.newFrom;
    int newTo = part.newTo;
    while (from < to && newFrom < newTo && old[from] == now[newFrom]) {
      from++;
      newFrom++;
    }
    while (from < to && newFrom < newTo && old[to - 1] == now[newTo - 1]) {
      to--;
      newTo--;
    }
    Change rest = new Change(from, to, newFrom, newTo);
    boolean oneSided = from == to || newFrom == newTo;
    if (oneSided || depth == 0) add(rest);
    else if ((long) (to - from) * (newTo - newFrom) <= CELLS) table(rest);
    else anchors(rest, depth);
  }

  /** By the longest common part: the length of that of what is left, from each place on. */
  private void table(Change part) {
    int height = part.to - part.from;
    int width = part.newTo - part.newFrom;
    int[][] common = new int[height + 1][width + 1];
    for (int i = height - 1; i >= 0; i--) {
      for (int j = width - 1; j >= 0; j--) {
        common[i][j] =
            old[part.from + i] == now[part.newFrom + j]
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    int i = 0;
    int j = 0;
    List<int[]> same = new ArrayList<>();
    while (common[i][j] > 0) {
      if (old[part.from + i] == now[part.newFrom + j]) {
        same.add(new int[] {part.from + i++, part.newFrom + j++});
      } else if (common[i + 1][j] >= common[i][j + 1]) i++;
      else j++;
    }
    between(part, same, 0);
  }

  /** By the lines that each of both has once. */
  private void anchors(Change part, int depth) {
    Map<Integer, Integer> there = once(now, part.newFrom, part.newTo);
    Map<Integer, Integer> here = once(old, part.from, part.to);
    List<int[]> pairs = new ArrayList<>();
    for (int i = part.from; i < part.to; i++) {
      Integer j = there.get(old[i]);
      boolean both = here.get(old[i]) >= 0 && j != null && j >= 0;
      if (both) pairs.add(new int[] {i, j});
    }
    between(part, rising(pairs), depth - 1);
  }

  /** Where each of the lines is that are there once; -1 of the others. */
  private static Map<Integer, Integer> once(int[] text, int from, int to) {
    Map<Integer, Integer> places = new HashMap<>();
    for (int i = from; i < to; i++) places.merge(text[i], i, (first, second) -> -1);
    return places;
  }

  /** The most of these whose second numbers rise, too. */
  private static List<int[]> rising(List<int[]> pairs) {
    int[] ends = new int[pairs.size()]; // of the best of each length, which pair is its last
    int[] previous = new int[pairs.size()];
    int length = 0;
    for (int p = 0; p < pairs.size(); p++) {
      int low = 0;
      int high = length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (pairs.get(ends[middle])[1] < pairs.get(p)[1]) low = middle + 1;
        else high = middle;
      }
      previous[p] = low == 0 ? -1 : ends[low - 1];
      ends[low] = p;
      if (low == length) length++;
    }
    int[][] best = new int[length][];
    int at = length == 0 ? -1 : ends[length - 1];
    for (int k = length - 1; k >= 0; k--, at = previous[at]) best[k] = pairs.get(at);
    return Arrays.asList(best);
  }

  /** What is between lines that are the same; of no depth it is not looked into. */
  private void between(Change part, List<int[]> same, int depth) {
    int from = part.from;
    int newFrom = part.newFrom;
    for (int[] pair : same) {
      compare(new Change(from, pair[0], newFrom, pair[1]), depth);
      from = pair[0] + 1;
      newFrom = pair[1] + 1;
    }
    compare(new Change(from, part.to, newFrom, part.newTo), same.isEmpty() ? 0 : depth);
  }

  private void add(Change change) {
    if (change.from < change.to || change.newFrom < change.newTo) changes.add(change);
  }
}
