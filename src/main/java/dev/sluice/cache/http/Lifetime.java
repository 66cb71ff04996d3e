package dev.sluice.cache.http;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Set;

/**
 * How long a response may be used: computed once, when it arrives. Times in ms.
 *
 * @param born when it was new: its current age counts from here (RFC 9111 §4.2.3)
 * @param fresh its freshness lifetime (§4.2.1)
 * @param whileRevalidate for how long after that it may be served while it is refreshed (RFC 5861)
 * @param ifError for how long it may stand in for an origin that fails (RFC 5861)
 * @param strict whether it must never be served stale (RFC 9111 §4.2.4)
 * @param noCache whether it must be validated before every use (§5.2.2.4)
 */
record Lifetime(
    long born, long fresh, long whileRevalidate, long ifError, boolean strict, boolean noCache) {

  /** Statuses that may be kept without being told for how long (RFC 9110 §15.1). */
  static final Set<Integer> CACHEABLE_BY_DEFAULT =
      Set.of(200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501);

  /**
   * Works it out.
   *
   * @param asked when the request was sent, ms
   * @param answered when its response arrived, ms
   * @param heuristic the share of the time since Last-Modified to take for want of anything
   *     explicit; 0 for none (RFC 9111 §4.2.2)
   */
  static Lifetime of(Control control, Head head, long asked, long answered, double heuristic) {
    Directives says = control.says();
    long date = HttpDate.parse(head.fields().get("date"), answered);
    if (date < 0) date = answered;
    long explicit = explicit(control, head, date, answered);
    long fresh = explicit >= 0 ? explicit : heuristic(says, head, date, answered, heuristic);
    boolean strict =
        says.has("must-revalidate")
            || says.has("proxy-revalidate")
            || says.has("s-maxage")
            || says.isPlain("no-cache");
    return new Lifetime(
        answered - age(head.fields(), date, asked, answered),
        fresh,
        Math.max(0, says.seconds("stale-while-revalidate")) * 1000,
        Math.max(0, says.seconds("stale-if-error")) * 1000,
        strict,
        says.isPlain("no-cache"));
  }

  /** What the response says of its lifetime; -1 where it says nothing. */
  static long explicit(Control control, Head head, long date, long now) {
    Directives says = control.says();
    if (says.has("s-maxage")) return says.seconds("s-maxage") * 1000;
    if (says.has("max-age")) return says.seconds("max-age") * 1000;
    List<String> expires = head.fields().getAll("expires");
    if (control.isTargeted() || expires.isEmpty()) return -1;
    if (expires.size() > 1) return 0; // of several none can be believed
    long until = HttpDate.parse(expires.get(0), now);
    return until < 0 ? 0 : Math.max(0, until - date);
  }

  private static long heuristic(Directives says, Head head, long date, long now, double share) {
    long modified = HttpDate.parse(head.fields().get("last-modified"), now);
    boolean may = CACHEABLE_BY_DEFAULT.contains(head.status()) || says.has("public");
    if (share <= 0 || modified < 0 || !may) return 0;
    return (long) (Math.max(0, date - modified) * share);
  }

  /** {@code corrected_initial_age} (RFC 9111 §4.2.3), in ms. */
  private static long age(MultiMap fields, long date, long asked, long answered) {
    long apparent = Math.max(0, (answered - date) / 1000 * 1000); // a Date knows no parts of them
    long corrected = ageField(fields) * 1000 + answered - asked;
    return Math.max(apparent, corrected);
  }

  /**
   * The first member of Age; one that is no number is as none (RFC 9111 §5.1), and an empty one is
   * none (RFC 9110 §5.6.1.2).
   */
  private static long ageField(MultiMap fields) {
    if (!fields.contains("age")) return 0;
    for (String member : String.join(",", fields.getAll("age")).split(",")) {
      if (!member.isBlank()) return Math.max(0, Directives.delta(member.trim()));
    }
    return 0;
  }

  long age(long now) {
    return Math.max(0, now - born);
  }

  /** Freshness left, negative once stale. */
  long left(long now) {
    return fresh - age(now);
  }
}
