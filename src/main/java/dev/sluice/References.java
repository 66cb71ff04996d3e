package dev.sluice;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.conf.Document;
import dev.sluice.conf.Nearest;
import dev.sluice.contract.Known;
import dev.sluice.identity.Identity;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What one part of a configuration says of another: names that have to be there, once. */
final class References {
  private final Document document;
  private final List<String> mistakes;

  private References(Document document, List<String> mistakes) {
    this.document = document;
    this.mistakes = mistakes;
  }

  /**
   * Tells every mistake with its line, whatever else is wrong with the parts.
   *
   * @param apps the names of those that there are; empty, they are not looked at
   */
  static void check(Document document, Collection<String> apps, List<String> mistakes) {
    References references = new References(document, mistakes);
    references.routes();
    if (!apps.isEmpty()) references.apps(apps);
  }

  private void routes() {
    JsonNode routes = document.at("/routes");
    if (!routes.isArray()) return;
    Set<String> limits = keys("/limits");
    limits.add("none");
    Map<String, String> paths = new HashMap<>();
    for (int i = 0; i < routes.size(); i++) {
      String at = "/routes/" + i;
      String first = paths.putIfAbsent(routes.get(i).path("path").asText(), at);
      if (first != null && routes.get(i).path("path").isTextual()) twice(at + "/path", first);
      known(at + "/upstream", "upstream", keys("/upstreams"));
      known(at + "/limit", "limit class", limits);
      tokens(at + "/auth");
    }
  }

  private void tokens(String pointer) {
    String auth = document.at(pointer).asText().toLowerCase(Locale.ROOT);
    if (!keys("/identity/issuers").isEmpty() || isMounted(Identity.NAME)) return;
    if (!auth.equals("required") && !auth.equals("optional")) return;
    mistakes.add(document.mistake(pointer, Known.NO_ISSUER));
  }

  private boolean isMounted(String app) {
    for (JsonNode named : document.at("/apps")) if (named.asText().equals(app)) return true;
    return false;
  }

  private void twice(String pointer, String first) {
    String path = document.at(pointer).asText();
    String other = document.mistake(first + "/path", "").replaceFirst(": $", "");
    mistakes.add(document.mistake(pointer, path + " is already led to an upstream at " + other));
  }

  private void apps(Collection<String> known) {
    JsonNode named = document.at("/apps");
    for (int i = 0; i < named.size(); i++) known("/apps/" + i, "app", known);
  }

  private void known(String pointer, String kind, Collection<String> names) {
    JsonNode name = document.at(pointer);
    if (!name.isTextual() || names.contains(name.asText())) return;
    String hint = Nearest.hint(name.asText(), names);
    String reason = "there is no " + kind + " \"" + name.asText() + "\"" + hint;
    mistakes.add(document.mistake(pointer, reason));
  }

  private Set<String> keys(String pointer) {
    Set<String> keys = new TreeSet<>();
    document.at(pointer).fieldNames().forEachRemaining(keys::add);
    return keys;
  }
}
