package dev.sluice.http.forward;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a route does to header fields on their way: first takes some away, then sets some, then adds
 * some.
 *
 * @param set name to value, in place of what is there; of a request, {@code {user}} is who calls
 * @param add name to value, beside what is there
 * @param remove names
 */
public record HeaderRules(Map<String, String> set, Map<String, String> add, List<String> remove) {
  public static final HeaderRules NONE = new HeaderRules(null, null, null);

  /** What frames a message or names its way: not a route's to change (RFC 9110 §7.6.1). */
  private static final Set<String> FRAMING =
      Set.of(
          "content-length", "transfer-encoding", "connection", "host", "upgrade", "te", "trailer");

  private static final String USER = "{user}";
  private static final Pattern HOLE = Pattern.compile("\\{\\w+}");
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  public HeaderRules {
    set = set == null ? Map.of() : Map.copyOf(set);
    add = add == null ? Map.of() : Map.copyOf(add);
    remove = remove == null ? List.of() : List.copyOf(remove);
    set.forEach(HeaderRules::check);
    add.forEach(HeaderRules::check);
    remove.forEach(name -> check(name, ""));
    set.values().forEach(HeaderRules::checkHoles);
    if (add.values().stream().anyMatch(value -> value.contains(USER))) {
      throw new IllegalArgumentException("{user} is set, not added: a client could add its own");
    }
  }

  private static void checkHoles(String value) {
    Matcher hole = HOLE.matcher(value);
    while (hole.find()) {
      if (hole.group().equals(USER)) continue;
      throw new IllegalArgumentException(
          hole.group() + " stands for nothing; {user} alone does, for who calls");
    }
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

  /** Whether one of them says who calls. */
  boolean namesUser() {
    return set.values().stream().anyMatch(value -> value.contains(USER));
  }

  /** {@code user} is who calls, or null: then what would say so is taken out. */
  public void apply(MultiMap fields, String user) {
    if (isEmpty()) return;
    remove.forEach(fields::remove);
    set.forEach((name, value) -> set(fields, name, value, user));
    add.forEach(fields::add);
  }

  private static void set(MultiMap fields, String name, String value, String user) {
    if (!value.contains(USER)) {
      fields.set(name, value);
      return;
    }
    for (String there : fields.names()) {
      // some read an underscore as a hyphen, and so would take a client's for ours
      if (there.replace('_', '-').equalsIgnoreCase(name.replace('_', '-'))) fields.remove(there);
    }
    if (user != null) fields.set(name, value.replace(USER, user));
  }
}
