package dev.sluice.app.signaling;

import dev.sluice.app.Engine;
import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.realtime.channel.ChannelKind;
import dev.sluice.realtime.channel.ChannelName;
import dev.sluice.realtime.channel.Channels;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may hear a peer's channel: its user alone. A peer whose last socket is gone, on whichever
 * node, has left: each node counts its own, and Redis the nodes.
 */
final class PeerChannels implements ChannelKind {
  private static final Logger LOG = LoggerFactory.getLogger(PeerChannels.class);
  private static final Traits TRAITS = new Traits(false, Seen.UNSEEN, true);

  private final Supplier<Script> rooms;
  private final Telling telling;
  private final Map<String, Integer> sockets; // of this node, by channel

  PeerChannels(Engine engine, Supplier<Script> rooms, Map<String, Integer> sockets) {
    this.rooms = rooms;
    this.telling = new Telling(engine);
    this.sockets = sockets;
  }

  @Override
  public Traits traits() {
    return TRAITS;
  }

  @Override
  public Future<Void> admit(Caller caller, String channel, Wish wish) {
    String[] parts = Telling.parts(channel);
    if (parts == null || caller.isAnonymous() || wish == Wish.PUBLISH) {
      return Future.failedFuture(refused(channel, wish));
    }
    return rooms.get().run("admit", parts[0], parts[1], caller.subject()).mapEmpty();
  }

  private static Failure refused(String channel, Wish wish) {
    Failure refused = Channels.refused(channel);
    return wish == Wish.PUBLISH
        ? refused.suggest("Send offers, answers and candidates to the peer.")
        : refused;
  }

  @Override
  public void came(Caller caller, String channel) {
    String[] parts = Telling.parts(channel);
    if (sockets.merge(channel, 1, Integer::sum) > 1) return;
    rooms
        .get()
        .run("attach", parts[0], parts[1])
        .onFailure(e -> LOG.warn("a peer's socket is not counted: {}", e.getMessage()));
  }

  @Override
  public void left(Caller caller, String channel) {
    String[] parts = Telling.parts(channel);
    if (sockets.computeIfPresent(channel, (c, n) -> n == 1 ? null : n - 1) != null) return;
    rooms
        .get()
        .run("detach", parts[0], parts[1])
        .onSuccess(
            gone -> {
              if (gone.containsKey("peerId")) {
                telling.left(parts[0], parts[1], gone, "disconnected");
              }
            })
        .onFailure( // nobody speaks for it any more, so that it is swept
            e -> LOG.warn("a peer leaves by its silence alone: {}", e.getMessage()));
  }

  /** The peers that sockets of this node hear for, as {@code <room>.<peer>}. */
  static List<String> heard(Map<String, Integer> sockets) {
    return sockets.keySet().stream().map(ChannelName::rest).toList();
  }
}
