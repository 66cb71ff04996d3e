package dev.sluice;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.conf.Document;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What differs between the configuration in use and one that is to take its place. */
final class Differences {
  /** What can change while the gateway runs; anything below it, too. All else needs a restart. */
  private static final List<String> LIVE =
      List.of(
          "/routes",
          "/upstreams",
          "/limits",
          "/interceptors",
          "/identity",
          "/idempotency",
          "/jobs",
          "/webhooks",
          "/push",
          "/sockets",
          "/channels",
          "/signaling",
          "/studio",
          "/providers",
          "/apps",
          "/apis",
          "/store/keyset",
          "/observe/accessLog",
          "/server/cors",
          "/server/json",
          "/server/maxBody",
          "/server/bodyTimeout",
          "/server/compressFrom",
          "/server/trustedProxies",
          "/server/drainDelay",
          "/server/drainTimeout",
          "/server/examples");

  private final Document before;
  private final Document after;
  private final Set<String> changed = new TreeSet<>();

  private Differences(Document before, Document after) {
    this.before = before;
    this.after = after;
  }

  static Differences between(Document before, Document after) {
    Differences differences = new Differences(before, after);
    differences.compare("", before.root(), after.root());
    return differences;
  }

  private void compare(String pointer, JsonNode old, JsonNode now) {
    if (old.equals(now) || pointer.equals("/apis/watched")) return;
    if (!old.isObject() || !now.isObject()) {
      changed.add(pointer);
      return;
    }
    Set<String> keys = new LinkedHashSet<>();
    old.fieldNames().forEachRemaining(keys::add);
    now.fieldNames().forEachRemaining(keys::add);
    for (String key : keys) compare(pointer + Document.token(key), old.path(key), now.path(key));
  }

  boolean isEmpty() {
    return changed.isEmpty();
  }

  /** The settings that cannot change while the gateway runs, each with the place it stands at. */
  List<String> refusals() {
    List<String> refusals = new ArrayList<>();
    for (String pointer : changed) {
      if (LIVE.stream().anyMatch(live -> (pointer + "/").startsWith(live + "/"))) continue;
      Document where = after.at(pointer).isMissingNode() ? before : after;
      refusals.add(where.mistake(pointer, "needs a restart: " + name(pointer)));
    }
    return refusals;
  }

  /** The providers that are to be asked in another way. */
  Set<String> providers() {
    return names("/providers");
  }

  /** For people: {@code routes: +/b/** ~/a/**; server.maxBody}. Names alone, never a value. */
  String summary() {
    List<String> parts = new ArrayList<>();
    tell(parts, "routes", routes(before), routes(after));
    for (String section : List.of("upstreams", "limits")) {
      tell(parts, section, section(before, section), section(after, section));
    }
    tell(parts, "interceptors", interceptors(before), interceptors(after));
    tell(parts, "apps", apps(before), apps(after));
    tell(parts, "apis", section(before, "apis/documents"), section(after, "apis/documents"));
    for (String pointer : changed) {
      boolean told =
          pointer.matches("/(routes|upstreams|limits|interceptors|apps|apis)(/.*)?")
              || parts.contains(name(pointer));
      if (!told) parts.add(name(pointer));
    }
    return String.join("; ", parts);
  }

  private static void tell(
      List<String> parts, String section, Map<String, JsonNode> old, Map<String, JsonNode> now) {
    Set<String> names = new TreeSet<>(old.keySet());
    names.addAll(now.keySet());
    List<String> said = new ArrayList<>();
    for (String name : names) {
      if (!old.containsKey(name)) said.add("added " + name);
      else if (!now.containsKey(name)) said.add("removed " + name);
      else if (!old.get(name).equals(now.get(name))) said.add("changed " + name);
    }
    boolean moved = !List.copyOf(old.keySet()).equals(List.copyOf(now.keySet()));
    if (said.isEmpty() && moved) said.add("reordered");
    if (!said.isEmpty()) parts.add(section + ": " + String.join(", ", said));
  }

  private static Map<String, JsonNode> routes(Document document) {
    Map<String, JsonNode> routes = new LinkedHashMap<>();
    document.at("/routes").forEach(route -> routes.put(route.path("path").asText(), route));
    return routes;
  }

  /** One that is listed twice is told by its place, too. */
  private static Map<String, JsonNode> interceptors(Document document) {
    Map<String, JsonNode> entries = new LinkedHashMap<>();
    for (JsonNode entry : document.at("/interceptors")) {
      String name = entry.path("name").asText();
      int other = 2;
      String told = name;
      while (entries.containsKey(told)) told = name + " (" + other++ + ")";
      entries.put(told, entry);
    }
    return entries;
  }

  private static Map<String, JsonNode> section(Document document, String name) {
    Map<String, JsonNode> entries = new TreeMap<>();
    document.at("/" + name).properties().forEach(e -> entries.put(e.getKey(), e.getValue()));
    return entries;
  }

  private static Map<String, JsonNode> apps(Document document) {
    Map<String, JsonNode> apps = new LinkedHashMap<>();
    document.at("/apps").forEach(app -> apps.put(app.asText(), app));
    return apps;
  }

  /** The names just below a section of which something has changed. */
  private Set<String> names(String section) {
    Set<String> names = new TreeSet<>();
    for (String pointer : changed) {
      if (!pointer.startsWith(section + "/")) continue;
      names.add(pointer.substring(section.length() + 1).split("/", 2)[0]);
    }
    return names;
  }

  /** {@code server.port} of {@code /server/port}. */
  private static String name(String pointer) {
    return pointer.substring(1).replace('/', '.').replace("~1", "/").replace("~0", "~");
  }
}
