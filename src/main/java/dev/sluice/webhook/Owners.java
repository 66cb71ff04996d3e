package dev.sluice.webhook;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Peer;
import dev.sluice.identity.Identity;
import dev.sluice.identity.audit.Entry;
import dev.sluice.identity.token.NoToken;
import dev.sluice.identity.token.Principal;
import dev.sluice.webhook.Turns.Disabled;
import dev.sluice.webhook.Turns.Taken;
import io.vertx.core.Future;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What owners of webhooks are now, which may be less than when they made them. */
final class Owners {
  private static final Logger LOG = LoggerFactory.getLogger(Owners.class);
  private static final String ADMIN = "admin";

  private final Identity identity;

  Owners(Identity identity) {
    this.identity = identity;
  }

  /** Why its owner is not to be told any more; null where nothing is known against it. */
  Future<String> objection(Taken taken) {
    if (!identity.isOpen()) return Future.succeededFuture(); // of outside users nothing is known
    Principal owner = new Principal("", taken.owner(), null, Set.of(), Set.of(), null, 0);
    return identity
        .accounts()
        .find(owner)
        .map(
            account ->
                taken.everybody() && !account.roles().contains(ADMIN)
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

  /** Writes it down. */
  void note(Disabled disabled) {
    LOG.info("webhook {} is disabled: {}", disabled.id(), disabled.reason());
    identity.note(
        Entry.done(null, "webhook.disable", "webhook", disabled.id(), Peer.INSIDE)
            .with("owner", disabled.owner())
            .with("reason", disabled.reason()));
  }
}
