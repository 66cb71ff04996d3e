package dev.sluice.http.forward;

/**
 * How a raw path is spelled: one and the same can be in many ways (RFC 3986 §6.2.2), and servers
 * take more for the same than the RFC does.
 */
public final class Spelling {
  private Spelling() {}

  /** Whether there is nothing to read in two ways: no {@code %}, {@code ;} or empty segment. */
  public static boolean isPlain(String path) {
    for (int at = 0; at < path.length(); at++) {
      char c = path.charAt(at);
      boolean empty = c == '/' && at + 1 < path.length() && path.charAt(at + 1) == '/';
      if (c == '%' || c == ';' || c == '\\' || empty) return false;
    }
    return true;
  }

  /**
   * With the unreserved characters decoded that needed no encoding (RFC 3986 §6.2.2.2); the path
   * itself where it has no {@code %}. Empty segments and path parameters stay.
   */
  public static String normal(String path) {
    if (path == null || path.indexOf('%') < 0) return path;
    StringBuilder normal = new StringBuilder(path.length());
    for (int at = 0; at < path.length(); at++) {
      int decoded = decoded(path, at);
      boolean plain = decoded >= 0 && isUnreserved((char) decoded);
      normal.append(plain ? (char) decoded : path.charAt(at));
      if (plain) at += 2;
    }
    return normal.toString();
  }

  /**
   * As the most generous of servers would read it: all decoded once, an encoded slash or a
   * backslash for a slash, without path parameters, without empty segments.
   */
  public static String loosest(String path) {
    StringBuilder loose = new StringBuilder(path.length());
    boolean parameter = false;
    for (int at = 0; at < path.length(); at++) {
      int decoded = decoded(path, at);
      char c = decoded < 0 ? path.charAt(at) : (char) decoded;
      if (decoded >= 0) at += 2;
      if (c == '/' || c == '\\') {
        parameter = false;
        boolean doubled = !loose.isEmpty() && loose.charAt(loose.length() - 1) == '/';
        if (!doubled) loose.append('/');
      } else {
        parameter |= c == ';';
        if (!parameter) loose.append(c);
      }
    }
    return loose.toString();
  }

  /**
   * How many characters of a raw path are as many of its normal form, in which none of them is a
   * {@code %}.
   */
  static int written(String path, int normal) {
    int at = 0;
    for (int i = 0; i < normal; i++) at += path.charAt(at) == '%' ? 3 : 1;
    return at;
  }

  /** The octet that a {@code %} and two hex digits stand for; -1 where there are none. */
  private static int decoded(String path, int at) {
    if (path.charAt(at) != '%' || at + 2 >= path.length()) return -1;
    int high = Character.digit(path.charAt(at + 1), 16);
    int low = Character.digit(path.charAt(at + 2), 16);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
  }

  private static boolean isUnreserved(char c) {
    boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    return letter || c >= '0' && c <= '9' || "-._~".indexOf(c) >= 0;
  }
}
