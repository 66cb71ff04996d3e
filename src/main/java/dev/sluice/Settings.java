package dev.sluice;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.cache.CacheSettings;
import dev.sluice.conf.InvalidConfiguration;
import dev.sluice.conf.Nearest;
import dev.sluice.guard.LimitClass;
import dev.sluice.http.ServerSettings;
import dev.sluice.http.forward.RouteSettings;
import dev.sluice.observe.ObserveSettings;
import dev.sluice.provider.twitch.TwitchSettings;
import dev.sluice.store.StoreSettings;
import dev.sluice.upstream.UpstreamSettings;
import java.nio.file.Path;
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
    return Loaded.of(file, environment, arguments).settings();
  }

  /** The files that were read, and the directories that were looked into: what a reload watches. */
  public List<Path> files() {
    return apis.watched().stream().map(Path::of).toList();
  }
}
