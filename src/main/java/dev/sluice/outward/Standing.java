package dev.sluice.outward;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.identity.Identity;
import dev.sluice.identity.token.NoToken;
import dev.sluice.identity.token.Principal;
import io.vertx.core.Future;
import java.util.Set;

/** What users are now, which may be less than when they asked to be told of something. */
public final class Standing {
  private static final String ADMIN = "admin";

  private final Identity identity;

  public Standing(Identity identity) {
    this.identity = identity;
  }

  /**
   * Why a user is not to be told any more; null where nothing is known against it.
   *
   * @param admin whether it takes an administrator
   */
  public Future<String> objection(String user, boolean admin) {
    if (!identity.isOpen()) return Future.succeededFuture(); // of outside users nothing is known
    Principal whose = new Principal("", user, null, Set.of(), Set.of(), null, 0);
    return identity
        .accounts()
        .find(whose)
        .map(
            account ->
                admin && !account.roles().contains(ADMIN)
                    ? "Its owner is no administrator any more"
                    : null)
        .recover(
            e ->
                isOut(e)
                    ? Future.succeededFuture("Its owner may not sign in any more")
                    : Future.failedFuture(e));
  }

  private static boolean isOut(Throwable cause) {
    return cause instanceof NoToken
        || cause instanceof Failure failure && failure.category() == Category.AUTHORIZATION;
  }
}
