package dev.sluice.http.forward;

/**
 * A request target in absolute form, {@code http://host/path?query} (RFC 9112 §3.2.2), in parts.
 */
public final class Target {
  private Target() {}

  /** Its path and query; a target in another form as it is. */
  public static String path(String target) {
    int from = authority(target);
    if (from < 0) return target;
    String rest = target.substring(end(target, from));
    return rest.startsWith("/") ? rest : "/" + rest;
  }

  /** Its host and port, which count instead of the Host field; null in another form. */
  public static String host(String target) {
    int from = authority(target);
    return from < 0 ? null : target.substring(from, end(target, from));
  }

  private static int authority(String target) {
    if (target.startsWith("/")) return -1;
    int scheme = target.indexOf("://");
    return scheme < 0 ? -1 : scheme + 3;
  }

  private static int end(String target, int from) {
    int end = from;
    while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') end++;
    return end;
  }
}
