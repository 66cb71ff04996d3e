package dev.sluice.realtime;

import dev.sluice.call.Caller;
import dev.sluice.websocket.CloseCode;
import dev.sluice.websocket.WebSocket;
import io.vertx.core.Vertx;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The sessions of one event loop. */
public final class Sessions {
  private static final long TICK_MILLIS = 1000;

  private final WebSocket.Shared shared = new WebSocket.Shared();
  private final Set<Session> sessions = new LinkedHashSet<>();
  private volatile int size;

  /** Looks after all there are, from now on. */
  public void begin(Vertx vertx) {
    vertx.setPeriodic(
        TICK_MILLIS,
        t -> {
          long now = System.nanoTime();
          for (Session session : List.copyOf(sessions)) session.tick(now);
        });
  }

  /** What the sockets of this event loop share. */
  public WebSocket.Shared shared() {
    return shared;
  }

  /** Begins one with a socket that has just been opened. */
  public Session open(
      WebSocket socket, Caller caller, Session.Standing standing, Session.Means means) {
    Session session = new Session(socket, caller, standing, means);
    sessions.add(session);
    size++;
    session.onEnd(
        () -> {
          sessions.remove(session);
          size--;
        });
    socket.listener(session);
    socket.resume();
    return session;
  }

  /** How many there are; any thread. */
  public int size() {
    return size;
  }

  /** Says goodbye to all. */
  public void closeAll() {
    for (Session session : List.copyOf(sessions)) {
      session.close(CloseCode.GOING_AWAY, "the gateway is going away; come back");
    }
  }
}
