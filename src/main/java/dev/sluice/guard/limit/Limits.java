package dev.sluice.guard.limit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The classes of a configuration. Immutable; what they have counted is kept in {@link Tallies}. */
public final class Limits {
  /** Of operations and routes that are not limited. */
  public static final String NONE = "none";

  private final Map<String, LimitClass> classes;
  private final Tallies tallies;
  private final Map<String, Limit.Part> parts = new HashMap<>();

  public Limits(Map<String, LimitClass> classes, Tallies tallies) {
    this.classes = Map.copyOf(classes);
    this.tallies = tallies;
    classes.forEach((name, limit) -> parts.put(name, part(name, limit)));
  }

  /** Those of other classes; these where all are the same. A quota that stays goes on counting. */
  public Limits next(Map<String, LimitClass> then) {
    return then.equals(classes) ? this : new Limits(then, tallies);
  }

  /** What has been counted by quotas that are no more is forgotten. */
  public void settle() {
    List<Rule> rules = new ArrayList<>();
    for (Limit.Part part : parts.values()) {
      rules.add(part.ip());
      rules.add(part.user());
      rules.addAll(part.tiers().values());
      rules.add(part.all());
    }
    tallies.keep(rules);
  }

  /**
   * What counts the calls of an operation or a route.
   *
   * @param named the class that it names, or {@link #NONE}
   * @param path its own, such as {@code /api/v1/tracks/{id}} or {@code /shop/**}
   */
  public Limit of(String named, String path) {
    List<Limit.Part> all = new ArrayList<>();
    if (parts.containsKey(named)) all.add(parts.get(named));
    classes.forEach(
        (name, limit) -> {
          if (!name.equals(named) && counts(limit, path)) all.add(parts.get(name));
        });
    return new Limit(tallies.vertx(), all);
  }

  /** Whether a path is in one of a class's groups. */
  private static boolean counts(LimitClass limit, String path) {
    return limit.paths().stream().anyMatch(group -> LimitClass.isUnder(group, path));
  }

  private Limit.Part part(String name, LimitClass limit) {
    Quota anybody = limit.ip() != null ? limit.ip() : limit.user();
    Map<String, Rule> tiers = new HashMap<>();
    limit.tiers().forEach((tier, quota) -> tiers.put(tier, rule(name, tier, quota)));
    return new Limit.Part(
        rule(name, "ip", anybody),
        rule(name, "user", limit.user()),
        tiers,
        rule(name, "all", limit.all()),
        limit.outage());
  }

  private Rule rule(String name, String kind, Quota quota) {
    return quota == null ? null : tallies.rule(name, kind, quota);
  }
}
