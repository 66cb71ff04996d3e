package dev.sluice.cache.http;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** Which fields of a request choose among variants, and what they say (RFC 9111 §4.1). */
final class Vary {
  private Vary() {}

  /** The names in Vary, sorted, in small letters; null where it has a {@code *}. */
  static List<String> names(MultiMap response) {
    if (!response.contains("vary")) return List.of();
    TreeSet<String> names = new TreeSet<>();
    for (String line : response.getAll("vary")) {
      for (String member : line.split(",")) {
        String name = member.trim().toLowerCase(Locale.ROOT);
        if (name.equals("*")) return null;
        if (!name.isEmpty()) names.add(name);
      }
    }
    return List.copyOf(names);
  }

  /** What a request says in these fields, normalised so that equal meanings are equal texts. */
  static List<String> values(List<String> names, MultiMap request) {
    if (names.isEmpty()) return List.of();
    List<String> values = new ArrayList<>(names.size());
    for (String name : names) values.add(normalised(name, request.getAll(name)));
    return values;
  }

  /**
   * Field lines joined, spaces around commas dropped; what is case-insensitive in small letters.
   */
  private static String normalised(String name, List<String> lines) {
    if (lines.isEmpty()) return "\0"; // absent is not the same as empty
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      for (String member : line.split(",")) {
        if (text.length() > 0) text.append(',');
        text.append(member.trim());
      }
    }
    boolean anyCase = name.startsWith("accept");
    return anyCase ? text.toString().toLowerCase(Locale.ROOT) : text.toString();
  }
}
