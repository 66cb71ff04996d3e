package dev.sluice.cache.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;

/** Whether a client already has what is stored (RFC 9110 §13, RFC 9111 §4.3.2). */
final class Preconditions {
  private Preconditions() {}

  /** Whether 304 answers the request. */
  static boolean unchanged(MultiMap request, Stored stored, long now) {
    if (stored.status() != 200) return false;
    if (request.contains(HttpHeaders.IF_NONE_MATCH)) {
      return matches(String.join(",", request.getAll(HttpHeaders.IF_NONE_MATCH)), stored.etag());
    }
    List<String> since = request.getAll(HttpHeaders.IF_MODIFIED_SINCE);
    if (since.size() != 1) return false; // several are none (RFC 9110 §13.1.3)
    long date = HttpDate.parse(since.get(0), now);
    return date >= 0 && stored.modified() <= date;
  }

  /** If-None-Match by weak comparison (RFC 9110 §13.1.2, §8.8.3.2). */
  private static boolean matches(String list, String etag) {
    if (list.trim().equals("*")) return true;
    if (etag == null) return false;
    String opaque = opaque(etag);
    int at = 0;
    while (at < list.length()) { // a tag may have commas in it
      int open = list.indexOf('"', at);
      int close = open < 0 ? -1 : list.indexOf('"', open + 1);
      if (close < 0) break;
      if (list.substring(open, close + 1).equals(opaque)) return true;
      at = close + 1;
    }
    return list.trim().equals(etag); // of those who leave out the quotes
  }

  private static String opaque(String etag) {
    return etag.startsWith("W/") ? etag.substring(2) : etag;
  }

  /**
   * Whether a Range may be answered: If-Range by strong comparison (RFC 9110 §13.1.5), where a date
   * is strong if a second at least lay between the change and the answer (§8.8.2.2).
   */
  static boolean ifRange(MultiMap request, Stored stored, long now) {
    String condition = request.get("if-range");
    if (condition == null) return true;
    if (condition.startsWith("\"")) return condition.equals(stored.etag());
    long date = HttpDate.parse(condition, now);
    boolean same = stored.modifiedField() != null && stored.modified() == date;
    return date >= 0 && same && stored.date() - date >= 1000;
  }
}
