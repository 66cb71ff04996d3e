package dev.sluice.observe;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * One JSON line a request. Event loops hand lines over without a lock; one thread writes them in
 * batches. When the reader of standard output stops reading, lines are dropped and counted, and no
 * request ever waits.
 */
public final class AccessLog implements AutoCloseable {
  private static final int CAPACITY = 65_536;
  private static final int BATCH_BYTES = 64 * 1024;
  private static final long NAP = Duration.ofMillis(10).toNanos();

  /** What is known of a request once its reply is sent. Times in ns, sizes in bytes. */
  public record Line(
      long epochMillis,
      long nanos,
      String method,
      String path,
      int status,
      long bytes,
      String client,
      String requestId,
      String operation,
      String cache,
      Upstream upstream) {

    /** The same of a socket that was passed on to an upstream and is closed now. */
    public Line over(long nanos, long received, long sent) {
      return new Line(
          System.currentTimeMillis(),
          nanos,
          method,
          path,
          status,
          sent,
          client,
          requestId,
          operation,
          cache,
          new Upstream(upstream.name, upstream.nanos, received));
    }
  }

  /**
   * Who was asked for a request of a prefix route.
   *
   * @param nanos until its answer began, with waiting for a connection and with retries; -1 where
   *     it gave none
   * @param received what it was sent of a socket, in bytes; -1 where it was none
   */
  public record Upstream(String name, long nanos, long received) {}

  private final Queue<Line> queue = PlatformDependent.newFixedMpscQueue(CAPACITY);
  private final LongAdder dropped = new LongAdder();
  private final AtomicBoolean open = new AtomicBoolean(true);
  private final LineBuffer buffer = new LineBuffer(BATCH_BYTES + 32 * 1024);
  private final OutputStream out;
  private final Thread writer = new Thread(this::write, "access-log");

  public AccessLog(OutputStream out) {
    this.out = out;
    writer.setDaemon(true);
    writer.start();
  }

  /** Takes a line; never waits. */
  public void add(Line line) {
    if (!queue.offer(line)) dropped.increment();
  }

  /** How many lines were lost because nobody read them in time. */
  public long dropped() {
    return dropped.sum();
  }

  private void write() {
    while (open.get() || !queue.isEmpty()) {
      if (queue.isEmpty()) LockSupport.parkNanos(NAP);
      int lines = 0;
      for (Line line; buffer.size() < BATCH_BYTES && (line = queue.poll()) != null; lines++) {
        append(line);
      }
      flush(lines);
    }
  }

  private void flush(int lines) {
    if (buffer.size() == 0) return;
    try {
      buffer.writeTo(out);
      out.flush();
    } catch (IOException e) {
      dropped.add(lines); // nobody reads standard output any more: there is nowhere to say so
    }
    buffer.clear();
  }

  private void append(Line line) {
    buffer.raw("{\"time\":\"").time(line.epochMillis);
    buffer.raw("\",\"log\":\"access\",\"method\":").text(line.method);
    buffer.raw(",\"path\":").text(line.path);
    buffer.raw(",\"status\":").number(line.status);
    buffer.raw(",\"bytes\":").number(line.bytes);
    buffer.raw(",\"micros\":").number(line.nanos / 1000);
    buffer.raw(",\"client\":").text(line.client);
    buffer.raw(",\"requestId\":").text(line.requestId);
    if (line.operation != null) buffer.raw(",\"operation\":").text(line.operation);
    if (line.cache != null) buffer.raw(",\"cache\":").text(line.cache);
    if (line.upstream != null) {
      buffer.raw(",\"upstream\":").text(line.upstream.name);
      long nanos = line.upstream.nanos;
      if (nanos >= 0) buffer.raw(",\"upstreamMicros\":").number(nanos / 1000);
      long received = line.upstream.received;
      if (received >= 0) buffer.raw(",\"received\":").number(received);
    }
    buffer.raw("}\n");
  }

  /** Writes what is queued and ends the writer, waiting a second at most. */
  @Override
  public void close() {
    open.set(false);
    LockSupport.unpark(writer);
    try {
      writer.join(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
