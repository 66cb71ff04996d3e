package dev.sluice.identity.token;

import java.util.HashSet;
import java.util.Set;

/**
 * Whom a token stands for here.
 *
 * @param user the name that callers are known by
 * @param tier what the user has subscribed to; null where that is not known
 * @param roles what the user is here
 * @param permissions what these roles may
 */
public record Account(String user, String tier, Set<String> roles, Set<String> permissions) {

  /** The same with what a token says beside it. */
  public Account with(Principal whose) {
    if (whose.roles().isEmpty() && whose.permissions().isEmpty()) return this;
    return new Account(
        user, tier, union(roles, whose.roles()), union(permissions, whose.permissions()));
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    if (some.isEmpty()) return others;
    if (others.isEmpty()) return some;
    Set<String> all = new HashSet<>(some);
    all.addAll(others);
    return all;
  }
}
