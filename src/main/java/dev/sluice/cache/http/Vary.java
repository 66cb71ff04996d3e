package dev.sluice.cache.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Which fields of a request choose among variants, and what they say (RFC 9111 §4.1). */
final class Vary {
  /**
   * What the upstream sees in these is not what the client sent: it is made here, of who asks or
   * anew every time, or is taken out on the way where the client is not trusted.
   */
  private static final Set<String> OURS =
      Set.of(
          "x-request-id",
          "traceparent",
          "via",
          "forwarded",
          "client-cert",
          "client-cert-chain",
          "x-real-ip",
          "x-host",
          "x-original-host",
          "x-override-url",
          "true-client-ip");

  /** Of those that begin like this, these alone are part of the key. */
  private static final String ON_THE_WAY = "x-forwarded-";

  private static final Set<String> IN_THE_KEY =
      Set.of("x-forwarded-proto", "x-forwarded-host", "x-forwarded-prefix");

  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9a-z-]+");

  private static final Set<String> ANY_CASE =
      Set.of("accept-encoding", "accept-language", "accept-charset");

  private Vary() {}

  /**
   * The names in Vary, sorted, in small letters; null where nobody can say which requests it is
   * for: it has a {@code *}, what is no name at all, or a field that upstreams do not see as
   * clients send it.
   */
  static List<String> names(MultiMap response) {
    if (!response.contains("vary")) return List.of();
    TreeSet<String> names = new TreeSet<>();
    for (String line : response.getAll("vary")) {
      for (String member : line.split(",")) {
        String name = member.trim().toLowerCase(Locale.ROOT);
        if (name.isEmpty()) continue;
        if (name.equals("*") || !TOKEN.matcher(name).matches() || isOurs(name)) return null;
        names.add(name);
      }
    }
    return List.copyOf(names);
  }

  private static boolean isOurs(String name) {
    return OURS.contains(name) || name.startsWith(ON_THE_WAY) && !IN_THE_KEY.contains(name);
  }

  /** What a request says in these fields, normalised so that equal meanings are equal texts. */
  static List<String> values(List<String> names, MultiMap request) {
    if (names.isEmpty()) return List.of();
    List<String> values = new ArrayList<>(names.size());
    List<String> options = request.getAll(HttpHeaders.CONNECTION);
    for (String name : names) {
      boolean stays = isOption(options, name);
      values.add(normalised(name, stays ? List.of() : request.getAll(name)));
    }
    return values;
  }

  /**
   * Whether a field is said to be for one connection alone: no upstream sees it (RFC 9110 §7.6.1).
   */
  private static boolean isOption(List<String> options, String name) {
    for (String line : options) {
      for (String option : line.split(",")) if (option.trim().equalsIgnoreCase(name)) return true;
    }
    return false;
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
