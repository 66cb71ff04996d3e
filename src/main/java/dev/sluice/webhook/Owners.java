package dev.sluice.webhook;

import dev.sluice.call.Peer;
import dev.sluice.identity.Identity;
import dev.sluice.identity.audit.Entry;
import dev.sluice.outward.Standing;
import dev.sluice.webhook.Turns.Disabled;
import dev.sluice.webhook.Turns.Taken;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What owners of webhooks are now, and what they are to know. */
final class Owners {
  private static final Logger LOG = LoggerFactory.getLogger(Owners.class);

  private final Identity identity;
  private final Standing standing;

  Owners(Identity identity) {
    this.identity = identity;
    this.standing = new Standing(identity);
  }

  /** Why its owner is not to be told any more; null where nothing is known against it. */
  Future<String> objection(Taken taken) {
    return standing.objection(taken.owner(), taken.everybody());
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
