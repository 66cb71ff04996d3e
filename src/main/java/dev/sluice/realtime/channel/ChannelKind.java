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

  /** Who sees which users listen. */
  enum Seen {
    /** Nobody. */
    UNSEEN,
    /** It is known here, for {@code Channels.hasListener}. */
    KNOWN,
    /** Those who may listen themselves, and they are told of each who comes and goes. */
    SHOWN
  }

  /**
   * How channels of a kind behave.
   *
   * @param coalesces whether to a slow client the newest event of each type is enough
   * @param presence who sees which users listen
   * @param watched whether the app is told of each client that comes and leaves
   */
  record Traits(boolean coalesces, Seen presence, boolean watched) {
    public static final Traits PLAIN = new Traits(false, Seen.UNSEEN, false);
  }

  /** Fails with a {@link dev.sluice.call.Failure} where the caller may not. */
  Future<Void> admit(Caller caller, String channel, Wish wish);

  default Traits traits() {
    return Traits.PLAIN;
  }

  /** A client has subscribed to a watched channel. */
  default void came(Caller caller, String channel) {}

  /**
   * A client that had subscribed to a watched channel is not there any more, whyever; not told of
   * those who go because this node does: they come again elsewhere.
   */
  default void left(Caller caller, String channel) {}
}
