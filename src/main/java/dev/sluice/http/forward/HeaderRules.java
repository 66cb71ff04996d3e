package dev.sluice.http.forward;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a route does to header fields on their way: first takes some away, then sets some, then adds
 * some.
 *
 * @param set name to value, in place of what is there
 * @param add name to value, beside what is there
 * @param remove names
 */
public record HeaderRules(Map<String, String> set, Map<String, String> add, List<String> remove) {
  public static final HeaderRules NONE = new HeaderRules(null, null, null);

  /** What frames a message or names its way: not a route's to change (RFC 9110 §7.6.1). */
  private static final Set<String> FRAMING =
      Set.of(
          "content-length", "transfer-encoding", "connection", "host", "upgrade", "te", "trailer");

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  public HeaderRules {
    set = set == null ? Map.of() : Map.copyOf(set);
    add = add == null ? Map.of() : Map.copyOf(add);
    remove = remove == null ? List.of() : List.copyOf(remove);
    set.forEach(HeaderRules::check);
    add.forEach(HeaderRules::check);
    remove.forEach(name -> check(name, ""));
  }

  private static void check(String name, String value) {
    if (!name.matches(TOKEN)) {
      throw new IllegalArgumentException("\"" + name + "\" is no header's name");
    }
    if (FRAMING.contains(name.toLowerCase(java.util.Locale.ROOT))) {
      throw new IllegalArgumentException(
          name + " is not a route's to change; for Host there is preserveHost of the upstream");
    }
    HttpHeaders.headers().add(name, value); // refuses control characters
    if (value.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7f)) {
      throw new IllegalArgumentException("the value of " + name + " has a control character");
    }
  }

  public boolean isEmpty() {
    return set.isEmpty() && add.isEmpty() && remove.isEmpty();
  }

  public void apply(MultiMap fields) {
    if (isEmpty()) return;
    remove.forEach(fields::remove);
    set.forEach(fields::set);
    add.forEach(fields::add);
  }
}
