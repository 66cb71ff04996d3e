package dev.sluice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cache.CacheSettings;
import dev.sluice.conf.Binding;
import dev.sluice.conf.Document;
import dev.sluice.conf.InvalidConfiguration;
import dev.sluice.conf.Nearest;
import dev.sluice.conf.Overrides;
import dev.sluice.guard.LimitClass;
import dev.sluice.http.ServerSettings;
import dev.sluice.http.forward.RouteSettings;
import dev.sluice.http.forward.UpstreamSettings;
import dev.sluice.observe.ObserveSettings;
import dev.sluice.provider.twitch.TwitchSettings;
import dev.sluice.store.StoreSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The whole configuration, composed of the records that each package owns. The defaults are {@code
 * conf/sluice.yaml} as the jar carries it; a file of the user's is laid over them, then the
 * environment, then the command line.
 */
public record Settings(
    int version,
    String data,
    ServerSettings server,
    Map<String, LimitClass> limits,
    CacheSettings cache,
    StoreSettings store,
    ObserveSettings observe,
    SandboxSettings sandbox,
    Map<String, UpstreamSettings> upstreams,
    List<RouteSettings> routes,
    Providers providers,
    List<String> apps,
    Apis apis) {
  private static final String DEFAULTS = "conf/sluice.yaml";

  /** The {@code providers} section. */
  public record Providers(TwitchSettings twitch) {}

  public Settings {
    if (version != 1) throw new IllegalArgumentException("version must be 1");
    Set<String> paths = new HashSet<>();
    for (RouteSettings route : routes) {
      if (!paths.add(route.path())) {
        throw new IllegalArgumentException("routes: " + route.path() + " stands there twice");
      }
      known(route, "upstream", route.upstream(), upstreams.keySet());
      if (!route.limit().equals("none")) known(route, "limit", route.limit(), limits.keySet());
    }
  }

  private static void known(RouteSettings route, String kind, String name, Set<String> names) {
    if (names.contains(name)) return;
    throw new IllegalArgumentException(
        "routes: "
            + route.path()
            + ": there is no "
            + kind
            + " \""
            + name
            + "\""
            + Nearest.hint(name, names));
  }

  /**
   * Reads a configuration. Throws {@link InvalidConfiguration} naming file, line and remedy.
   *
   * @param file the user's, or null for the defaults alone
   * @param environment where overrides and variables come from
   * @param arguments what the command line says, by JSON pointer
   */
  public static Settings load(
      Path file, Map<String, String> environment, Map<String, JsonNode> arguments) {
    Document document = defaults();
    if (file != null) document = document.overlay(Document.read(file));
    document = Overrides.apply(document, environment).overlay(of(arguments));
    document = Apis.found(document, file, environment);
    return Binding.bind(document, "", Settings.class);
  }

  /** The files that were read, and the directory that was looked into: what a reload watches. */
  public List<Path> files() {
    return apis.watched().stream().map(Path::of).toList();
  }

  private static Document defaults() {
    try (InputStream in = Settings.class.getResourceAsStream("/" + DEFAULTS)) {
      return Document.parse(DEFAULTS, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Document of(Map<String, JsonNode> arguments) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    arguments.forEach(
        (pointer, value) -> {
          ObjectNode parent = root;
          String[] keys = pointer.substring(1).split("/");
          for (int i = 0; i < keys.length - 1; i++) parent = parent.withObjectProperty(keys[i]);
          parent.set(keys[keys.length - 1], value);
        });
    Map<String, String> places = new HashMap<>();
    arguments.keySet().forEach(pointer -> places.put(pointer, "command line"));
    return new Document("configuration", root, places);
  }
}
