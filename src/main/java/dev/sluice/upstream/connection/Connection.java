package dev.sluice.upstream.connection;

import io.vertx.core.Future;

/** One connection to a target. Belongs to one event loop. */
public interface Connection {
  /** How many requests it carries at once now: 1, or as many as an HTTP/2 peer lets it. */
  int room();

  /** Whether it carries several requests at once, so that one that breaks off harms no other. */
  boolean isShared();

  /** Whether another request may be sent, none being under way (RFC 9112 §9.3). */
  boolean isReusable();

  /** How long the peer keeps it while it is idle, as far as it says, in nanoseconds. */
  long keptNanos();

  /** Room for one request, whose answer the listener is told of. */
  Future<Stream> open(Stream.Listener listener);

  /** What to do once it is closed, by whomever. */
  void onClose(Runnable action);

  /** What to do once the peer takes no more requests on it (RFC 9113 §6.8). */
  void onLeave(Runnable action);

  void close();
}
