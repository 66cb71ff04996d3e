package dev.sluice.app.realtime;

import dev.sluice.call.Caller;
import dev.sluice.realtime.channel.ChannelKind;
import dev.sluice.realtime.channel.ChannelName;
import dev.sluice.realtime.channel.Channels;
import io.vertx.core.Future;

/** A user's own channel, {@code user:<id>}: nobody else hears it, and the gateway alone tells. */
final class OwnChannel implements ChannelKind {
  private static final Traits TRAITS = new Traits(false, Seen.KNOWN, false);

  @Override
  public Future<Void> admit(Caller caller, String channel, Wish wish) {
    boolean own = ChannelName.rest(channel).equals(caller.subject());
    return own && wish == Wish.SUBSCRIBE
        ? Future.succeededFuture()
        : Future.failedFuture(Channels.refused(channel));
  }

  @Override
  public Traits traits() {
    return TRAITS;
  }
}
