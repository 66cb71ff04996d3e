package dev.sluice.bus;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Names of events and patterns of them: words between dots. In a pattern {@code *} stands for one
 * word, and as the last one for one or more: {@code job.*} has {@code job.succeeded} and {@code
 * job.step.failed}, {@code *.failed} has {@code job.failed} alone, and {@code *} has all.
 */
public final class EventPattern {
  private static final int MOST_WORDS = 6; // an event has 95 patterns then
  private static final int LONGEST = 100;
  private static final Pattern WORD = Pattern.compile("[a-z0-9][a-z0-9_-]*");
  private static final String ANY = "*";

  private EventPattern() {}

  /** Throws {@link IllegalArgumentException} where it is no name of an event. */
  public static String name(String text) {
    check(text, false);
    return text;
  }

  /** Throws {@link IllegalArgumentException} where it is no pattern. */
  public static String pattern(String text) {
    check(text, true);
    return text;
  }

  private static void check(String text, boolean any) {
    String[] words = text.split("\\.", -1);
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException("is longer than " + LONGEST + " characters");
    }
    if (words.length > MOST_WORDS) {
      throw new IllegalArgumentException("has more than " + MOST_WORDS + " words");
    }
    for (String word : words) {
      if (WORD.matcher(word).matches() || any && word.equals(ANY)) continue;
      throw new IllegalArgumentException(
          "\"" + text + "\" is not words between dots, such as job.succeeded, job.* or *");
    }
  }

  /** Every pattern that has this event, so that a database finds them by equality. */
  public static String[] having(String name) {
    String[] words = name.split("\\.");
    List<String> all = new ArrayList<>();
    List<String> begun = List.of("");
    for (int i = 0; i < words.length; i++) {
      List<String> longer = new ArrayList<>();
      for (String before : begun) {
        all.add(before + ANY); // all that follow
        longer.add(before + words[i] + ".");
        longer.add(before + ANY + ".");
      }
      begun = longer;
    }
    for (String whole : begun) {
      String pattern = whole.substring(0, whole.length() - 1);
      if (!pattern.endsWith(ANY)) all.add(pattern); // the others are there already
    }
    return all.toArray(String[]::new);
  }
}
