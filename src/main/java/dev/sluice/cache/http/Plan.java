package dev.sluice.cache.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.ParseException;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;

/**
 * A response that may be stored, before its body is there.
 *
 * @param key of its URI
 * @param vary the fields that choose it, and what its request says in them
 * @param open whether it may answer requests with Authorization (RFC 9111 §3.5)
 * @param groups it belongs to (RFC 9875), with its origin before each
 * @param epoch of the groups when it was asked for
 * @param answered when its head arrived, ms
 */
public record Plan(
    String key,
    int status,
    String reason,
    MultiMap fields,
    List<String> vary,
    List<String> values,
    Lifetime life,
    boolean open,
    List<String> groups,
    long epoch,
    long answered) {

  /** Statuses whose caching this cache understands (RFC 9111 §5.2.2.3). */
  private static final Set<Integer> UNDERSTOOD =
      Set.of(
          200, 201, 202, 203, 204, 205, 300, 301, 302, 303, 307, 308, 400, 401, 402, 403, 404, 405,
          406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 426, 428, 429, 431,
          451, 500, 501, 502, 503, 504, 505, 511);

  private static final int MAX_GROUPS = 32; // RFC 9875 §2
  private static final int MAX_GROUP_LENGTH = 128;

  /** A request that was sent: its key, its origin, what it says, and when. */
  public record Request(
      String key, String origin, MultiMap fields, Asked asked, long sentAt, long epoch) {}

  /** What to store of a response to a GET, or null where nothing may be (RFC 9111 §3). */
  public static Plan of(Request request, Head head, long now, double heuristic) {
    Control control = Control.of(head.fields());
    Directives says = control.says();
    boolean open = says.has("public") || says.has("must-revalidate") || says.has("s-maxage");
    if (!isStorable(request.asked(), head, says, open)) return null;
    List<String> vary = Vary.names(head.fields());
    if (vary == null) return null;
    Lifetime life = Lifetime.of(control, head, request.sentAt(), now, heuristic);
    if (!isUseful(control, head, life, now)) return null;
    MultiMap kept = MultiMap.caseInsensitiveMultiMap().addAll(head.fields());
    withhold(kept, says.value("no-cache"));
    withhold(kept, says.value("private"));
    if (kept.contains(HttpHeaders.SET_COOKIE) && !isMeantForAll(control, head, life, now)) {
      return null;
    }
    return new Plan(
        request.key(),
        head.status(),
        head.reason(),
        kept,
        vary,
        Vary.values(vary, request.fields()),
        life,
        open,
        groups(request.origin(), head.fields(), "cache-groups"),
        request.epoch(),
        now);
  }

  private static boolean isStorable(Asked asked, Head head, Directives says, boolean open) {
    int status = head.status();
    if (status < 200 || status == 206 || status == 304 || asked.noStore()) return false;
    boolean understood = UNDERSTOOD.contains(status);
    if (says.has("must-understand") ? !understood : says.has("no-store")) return false;
    if (says.isPlain("private")) return false;
    return !asked.authorized() || open;
  }

  /** Whether it can ever answer a request: as it is, or after it has been validated. */
  private static boolean isUseful(Control control, Head head, Lifetime life, long now) {
    MultiMap fields = head.fields();
    boolean validator = fields.contains(HttpHeaders.ETAG) || fields.contains("last-modified");
    boolean byDefault = Lifetime.CACHEABLE_BY_DEFAULT.contains(head.status());
    boolean explicit =
        Lifetime.explicit(control, head, now, now) >= 0 || control.says().has("public");
    if (!byDefault && !explicit) return false;
    boolean served = life.left(now) + Math.max(life.whileRevalidate(), life.ifError()) > 0;
    return validator || served && !life.noCache();
  }

  /**
   * Whether a response that sets a cookie says itself that others may have it. That it is cacheable
   * by default is not enough: a validator and a session's cookie is what frameworks send with every
   * page (RFC 9111 §7.3).
   */
  private static boolean isMeantForAll(Control control, Head head, Lifetime life, long now) {
    if (life.noCache()) return false;
    return control.says().has("public") || Lifetime.explicit(control, head, now, now) > 0;
  }

  /** Fields that may not be reused without asking, or are one user's (RFC 9111 §5.2.2.4, .7). */
  private static void withhold(MultiMap fields, String names) {
    if (names == null || names.isEmpty()) return;
    for (String name : names.split(",")) if (!name.isBlank()) fields.remove(name.trim());
  }

  /**
   * A list of strings, each with its origin before it (RFC 9875 §2, §3); none where it is broken.
   */
  public static List<String> groups(String origin, MultiMap fields, String name) {
    if (!fields.contains(name)) return List.of();
    List<String> groups = new ArrayList<>();
    try {
      for (ListElement<?> item : new Parser(fields.getAll(name)).parseList().get()) {
        if (!(item instanceof StringItem text)) continue;
        if (text.get().length() <= MAX_GROUP_LENGTH && groups.size() < MAX_GROUPS) {
          groups.add("group " + origin + " " + text.get());
        }
      }
    } catch (ParseException broken) {
      return List.of();
    }
    return List.copyOf(groups);
  }

  /** Whether a head says itself, and not what it renews, that it is fresh for a while. */
  static boolean statesLifetime(MultiMap fields, long now) {
    Head alone = new Head(200, null, fields);
    return Lifetime.explicit(Control.of(fields), alone, now, now) > 0;
  }

  /** Whether it answers a request that says this. */
  public boolean suits(MultiMap request) {
    return values.equals(Vary.values(vary, request));
  }
}
