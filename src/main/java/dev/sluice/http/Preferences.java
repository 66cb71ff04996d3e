package dev.sluice.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a client would like, of {@code Prefer} (RFC 7240 §2). Pure. */
record Preferences(boolean later) {
  private static final String LATER = "respond-async"; // §4.1

  /** Of the field's lines. What is unknown, or cannot be read, is as if it were not there. */
  static Preferences of(List<String> lines) {
    for (String line : lines) {
      for (String preference : split(line, ',')) {
        String[] pair = split(preference, ';').get(0).split("=", 2);
        if (!pair[0].trim().toLowerCase(Locale.ROOT).equals(LATER)) continue;
        String value = pair.length == 1 ? "" : pair[1].trim();
        return new Preferences(value.isEmpty() || value.equals("\"\"")); // the first of it counts
      }
    }
    return new Preferences(false);
  }

  /** At a character, but not within quotes. */
  private static List<String> split(String text, char at) {
    List<String> parts = new ArrayList<>();
    boolean quoted = false;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && quoted) i++;
      else if (c == '"') quoted = !quoted;
      else if (c == at && !quoted) {
        parts.add(text.substring(from, i));
        from = i + 1;
      }
    }
    parts.add(text.substring(from));
    return parts;
  }
}
