package dev.sluice.guard;

import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.contract.Access;
import dev.sluice.contract.Access.Auth;
import java.util.Collections;

/** Whether a caller may do what it asks for. */
public final class Authorize {
  private Authorize() {}

  /** Whether the caller is known, has one of the roles that are asked for, and all permissions. */
  public static boolean allows(Access access, Caller caller) {
    if (access.auth() == Auth.REQUIRED && caller.isAnonymous()) return false;
    boolean role =
        access.roles().isEmpty() || !Collections.disjoint(access.roles(), caller.roles());
    return role && caller.permissions().containsAll(access.permissions());
  }

  /** Throws 401 or 403 where that does not allow it. */
  public static void check(Access access, Caller caller) {
    if (allows(access, caller)) return;
    if (caller.isAnonymous()) {
      throw Failure.of(Failure.Category.AUTHENTICATION, "UNAUTHORIZED", "Nobody has called this.")
          .suggest("Ask with a Call that has a Caller.");
    }
    throw Failure.of(
            Failure.Category.AUTHORIZATION, "FORBIDDEN", "You are known, but may not do this.")
        .detail("error", "insufficient_scope")
        .suggest("Ask an administrator for " + wanted(access) + ".");
  }

  private static String wanted(Access access) {
    String roles =
        access.roles().isEmpty() ? "" : "one of the roles " + String.join(", ", access.roles());
    if (access.permissions().isEmpty()) return roles;
    String permissions = "the permissions " + String.join(", ", access.permissions());
    return roles.isEmpty() ? permissions : roles + " and " + permissions;
  }
}
