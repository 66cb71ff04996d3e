package dev.sluice.upstream;

import dev.sluice.framing.ResponseFramingHandler;
import io.vertx.core.http.HttpClientConnection;

/** One connection to a target: one request at a time, or as many as the peer lets HTTP/2 have. */
final class Line {
  final HttpClientConnection connection;
  private final ResponseFramingHandler framing;
  private int used;
  private final boolean shared;
  private boolean served;
  private boolean last;
  boolean free;
  boolean gone;
  long idleSince = System.nanoTime();

  Line(HttpClientConnection connection) {
    this.connection = connection;
    this.framing = ResponseFramingHandler.on(connection);
    this.shared = connection.getWindowSize() >= 0; // HTTP/1.1 has none
  }

  void occupy() {
    used++;
  }

  void vacate() {
    served = true;
    if (--used == 0) idleSince = System.nanoTime();
  }

  boolean isIdle() {
    return used == 0;
  }

  /** Whether another request may be sent on it now. */
  boolean hasRoom() {
    return !gone && !last && used < connection.maxActiveStreams();
  }

  /** Whether it carries several requests at once, so that one that breaks off harms no other. */
  boolean isShared() {
    return shared;
  }

  /** Whether its last response has come to an end beyond doubt. */
  boolean isSound() {
    return framing == null || framing.isReusable();
  }

  /** Whether a request has been answered on it before: it may be closing just now. */
  boolean isKept() {
    return served;
  }

  /** The peer takes no more requests on it. */
  void isLast() {
    last = true;
  }

  boolean isEnding() {
    return last;
  }
}
