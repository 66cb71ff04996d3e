package dev.sluice.realtime;

import dev.sluice.call.Caller;
import dev.sluice.realtime.channel.Channels;
import dev.sluice.realtime.channel.Feed;
import dev.sluice.websocket.WebSocket;
import io.vertx.core.Vertx;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The sessions of one event loop, and all else that stays open for long. */
public final class Sessions {
  private static final long TICK_MILLIS = 1000;

  private final WebSocket.Shared shared = new WebSocket.Shared();
  private final Set<Attended> all = new LinkedHashSet<>();
  private Feed feed;
  private volatile int sockets;

  /** What stays open, and is looked after. */
  public interface Attended {
    /** Each second. */
    void tick(long now);

    /** The gateway is going away. */
    void goAway();

    boolean isOver();
  }

  /** Looks after all there are, from now on. */
  public void begin(Vertx vertx, Channels channels) {
    feed = new Feed(vertx, channels, shared);
    feed.begin();
    vertx.setPeriodic(
        TICK_MILLIS,
        t -> {
          long now = System.nanoTime();
          for (Attended one : List.copyOf(all)) one.tick(now);
          all.removeIf(Attended::isOver);
        });
  }

  /** What they hear. */
  public Feed feed() {
    return feed;
  }

  /** What the sockets of this event loop share. */
  public WebSocket.Shared shared() {
    return shared;
  }

  /** Looks after something until it is over. */
  public void attend(Attended one) {
    all.add(one);
  }

  /** Begins one with a socket that has just been opened. */
  public Session open(
      WebSocket socket, Caller caller, Session.Standing standing, Session.Means means) {
    Session session = new Session(socket, caller, standing, means);
    attend(session);
    sockets++;
    session.onEnd(
        () -> {
          all.remove(session);
          sockets--;
        });
    socket.listener(session);
    socket.resume();
    return session;
  }

  /** How many sockets there are; any thread. */
  public int sockets() {
    return sockets;
  }

  /** Says goodbye to all. */
  public void closeAll() {
    List.copyOf(all).forEach(Attended::goAway);
  }
}
