package dev.sluice.http.forward;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the longest prefix that a path stands below; as many lookups as it has segments. */
public final class Prefixes {
  private final Map<String, RouteSettings> byPrefix = new HashMap<>();

  public Prefixes(List<RouteSettings> routes) {
    routes.forEach(route -> byPrefix.put(route.prefix(), route));
  }

  /** The route of a path in its {@link Spelling#normal} form, or null. */
  public RouteSettings match(String path) {
    if (byPrefix.isEmpty() || path == null || !path.startsWith("/")) return null;
    int end = path.length();
    while (true) {
      RouteSettings found = byPrefix.get(path.substring(0, end));
      if (found != null || end == 0) return found;
      end = path.lastIndexOf('/', end - 1);
    }
  }

  /**
   * Whether a raw path can be read in more than one way: a % without two hex digits behind it (RFC
   * 3986 §2.1), or an encoded NUL, at which some would end it.
   */
  public static boolean isMalformed(String path) {
    for (int at = path.indexOf('%'); at >= 0; at = path.indexOf('%', at + 1)) {
      if (at + 2 >= path.length()) return true;
      int high = Character.digit(path.charAt(at + 1), 16);
      int low = Character.digit(path.charAt(at + 2), 16);
      if (high < 0 || low < 0 || high + low == 0) return true;
    }
    return false;
  }

  /**
   * Whether a raw path has dot segments, however they are encoded: the upstream might resolve them,
   * and so read another path than the one that was matched (RFC 3986 §6.2.2.3).
   */
  public static boolean climbs(String path) {
    if (path.indexOf('.') < 0 && path.indexOf('%') < 0) return false;
    for (String segment : path.split("[/;]|%2[fF]|%3[bB]|%5[cC]", -1)) {
      String plain = segment.replace("%2e", ".").replace("%2E", ".");
      if (plain.equals(".") || plain.equals("..")) return true;
    }
    return false;
  }
}
