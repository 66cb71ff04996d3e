package dev.sluice.cache.http;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Which fields of a request choose among variants, and what they say (RFC 9111 §4.1). */
final class Vary {
  /** What the upstream sees in these is not what the client sent, and is another every time. */
  private static final Set<String> OURS =
      Set.of("x-forwarded-for", "x-request-id", "traceparent", "via");

  private static final Set<String> ANY_CASE =
      Set.of("accept-encoding", "accept-language", "accept-charset");

  private Vary() {}

  /**
   * The names in Vary, sorted, in small letters; null where it has a {@code *}, or a field that no
   * two requests have in common.
   */
  static List<String> names(MultiMap response) {
    if (!response.contains("vary")) return List.of();
    TreeSet<String> names = new TreeSet<>();
    for (String line : response.getAll("vary")) {
      for (String member : line.split(",")) {
        String name = member.trim().toLowerCase(Locale.ROOT);
        if (name.equals("*") || OURS.contains(name)) return null;
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
   * Field lines joined, spaces around commas dropped where nothing is quoted; what is known to be
   * case-insensitive in small letters.
   */
  private static String normalised(String name, List<String> lines) {
    if (lines.isEmpty()) return "\0"; // absent is not the same as empty
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      if (line.indexOf('"') >= 0) return String.join(", ", lines);
      for (String member : line.split(",", -1)) {
        if (text.length() > 0) text.append(',');
        text.append(member.trim());
      }
    }
    return ANY_CASE.contains(name) ? text.toString().toLowerCase(Locale.ROOT) : text.toString();
  }
}
