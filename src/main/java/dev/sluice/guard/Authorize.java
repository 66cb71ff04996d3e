package dev.sluice.guard;

import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.contract.Policy;
import dev.sluice.contract.Policy.Auth;
import java.util.Collections;

/** Whether a caller may do what it asks for. */
public final class Authorize {
  private Authorize() {}

  /** Whether the caller is known, has one of the roles that a policy names, and all permissions. */
  public static boolean allows(Policy policy, Caller caller) {
    if (policy.auth() == Auth.REQUIRED && caller.isAnonymous()) return false;
    boolean role =
        policy.roles().isEmpty() || !Collections.disjoint(policy.roles(), caller.roles());
    return role && caller.permissions().containsAll(policy.permissions());
  }

  /** Throws 401 or 403 where the policy does not allow it. */
  public static void check(Policy policy, Caller caller) {
    if (allows(policy, caller)) return;
    if (caller.isAnonymous()) {
      throw Failure.of(Failure.Category.AUTHENTICATION, "UNAUTHORIZED", "Nobody has called this.")
          .suggest("Ask with a Call that has a Caller.");
    }
    throw Failure.of(
            Failure.Category.AUTHORIZATION, "FORBIDDEN", "You are known, but may not do this.")
        .detail("error", "insufficient_scope")
        .suggest("Ask an administrator for " + wanted(policy) + ".");
  }

  private static String wanted(Policy policy) {
    String roles =
        policy.roles().isEmpty() ? "" : "one of the roles " + String.join(", ", policy.roles());
    if (policy.permissions().isEmpty()) return roles;
    String permissions = "the permissions " + String.join(", ", policy.permissions());
    return roles.isEmpty() ? permissions : roles + " and " + permissions;
  }
}
