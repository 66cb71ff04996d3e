package dev.sluice.framing;

import java.util.concurrent.atomic.AtomicInteger;

/** The HTTP/2 streams of all connections together, of which there is room for so many. */
public final class OpenStreams {
  /** What an open one costs, in bytes. */
  private static final int COST = 8 * 1024;

  private final AtomicInteger open = new AtomicInteger();
  private final long most;

  OpenStreams(long most) {
    this.most = most;
  }

  /** As many as half of the memory has room for. */
  public static OpenStreams inMemory() {
    return new OpenStreams(Runtime.getRuntime().maxMemory() / 2 / COST);
  }

  void opened() {
    open.incrementAndGet();
  }

  void closed() {
    open.decrementAndGet();
  }

  /** Whether there are more of them than there is room for. */
  boolean areTooMany() {
    return open.get() > most;
  }
}
