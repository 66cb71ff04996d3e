package dev.sluice.realtime.channel;

import dev.sluice.call.Caller;
import io.vertx.core.Future;

/** What an app says of the channels whose names begin with {@code <kind>:}. */
public interface ChannelKind {

  /** What a client may want with a channel. */
  enum Wish {
    SUBSCRIBE,
    PUBLISH
  }

  /**
   * How channels of a kind behave.
   *
   * @param coalesces whether to a slow client the newest event of each type is enough
   * @param presence whether subscribers see who else is there
   * @param watched whether the app is told of each client that leaves one
   */
  record Traits(boolean coalesces, boolean presence, boolean watched) {
    public static final Traits PLAIN = new Traits(false, false, false);
  }

  /** Fails with a {@link dev.sluice.call.Failure} where the caller may not. */
  Future<Void> admit(Caller caller, String channel, Wish wish);

  default Traits traits() {
    return Traits.PLAIN;
  }

  /** A client that had subscribed to a watched channel is not there any more, whyever. */
  default void left(Caller caller, String channel) {}
}
