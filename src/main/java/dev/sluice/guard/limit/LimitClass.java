package dev.sluice.guard.limit;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A named limit, of all operations and routes together that name it or are under its paths. A
 * call's user is known where its operation takes tokens; a call that fails to say whose it is
 * counts as nobody's.
 *
 * @param ip of each client address (of IPv6, each /64), of calls that have no user; without, users'
 *     number goes for addresses, too
 * @param user of each user; without, they are counted by address as all others
 * @param tiers of each user of a tier, instead of {@code user}: free, premium, enterprise
 * @param all of all callers together
 * @param paths path groups such as {@code /api/v1/**} that it counts, beside what names it
 * @param outage what becomes of it while Redis is away
 */
public record LimitClass(
    Quota ip,
    Quota user,
    Map<String, Quota> tiers,
    Quota all,
    List<String> paths,
    @JsonProperty("outage") Outage outage) {
  private static final Set<String> TIERS = Set.of("free", "premium", "enterprise");

  public LimitClass {
    tiers = tiers == null ? Map.of() : Map.copyOf(new HashMap<>(tiers));
    paths = paths == null ? List.of() : List.copyOf(paths);
    if (outage == null) outage = Outage.LOCAL;
    if (ip == null && user == null && tiers.isEmpty() && all == null) {
      throw new IllegalArgumentException(
          "counts nobody: give ip, user, tiers or all, such as ip: { requests: 1000, window: 1m }");
    }
    if (!tiers.isEmpty() && user == null) {
      throw new IllegalArgumentException("tiers need a user quota beside, for whoever has none");
    }
    for (String tier : tiers.keySet()) {
      if (!TIERS.contains(tier)) {
        throw new IllegalArgumentException(
            "tiers: there is no tier \"" + tier + "\"; use free, premium or enterprise");
      }
    }
    for (String path : paths) {
      if (!path.matches("/|(/[^/*{}?#\\s]+)+(/\\*\\*)?|/\\*\\*")) {
        throw new IllegalArgumentException(
            "paths: \"" + path + "\" is not one such as /api/v1/** or /api/v1/search");
      }
    }
  }

  /** Whether all that a path leads to is in a group. */
  public static boolean isUnder(String group, String path) {
    if (!group.endsWith("/**")) return group.equals(path);
    String root = group.substring(0, group.length() - 3);
    return path.equals(root) || path.startsWith(root + "/");
  }
}
