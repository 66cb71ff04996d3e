package dev.sluice.upstream;

import dev.sluice.upstream.connection.Connection;

/** One connection to a target: one request at a time, or as many as the peer lets HTTP/2 have. */
final class Line {
  final Connection connection;
  private int used;
  private boolean served;
  private boolean last;
  boolean free;
  boolean gone;
  long idleSince = System.nanoTime();

  Line(Connection connection) {
    this.connection = connection;
  }

  void occupy() {
    used++;
  }

  void vacate() {
    served = true;
    if (--used == 0) idleSince = System.nanoTime();
  }

  /** Whether it has been idle for so long that the peer may be closing it. */
  boolean isStale(long now, long longestNanos) {
    return isIdle() && now - idleSince > Math.min(longestNanos, connection.keptNanos());
  }

  boolean isIdle() {
    return used == 0;
  }

  /** Whether another request may be sent on it now. */
  boolean hasRoom() {
    return !gone && !last && used < connection.room();
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
