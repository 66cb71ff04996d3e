package dev.sluice.prove;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends one request at a fixed rate, whether or not the last ones have been answered, and counts
 * each latency from when the request was due: a server that stalls is not spared the requests that
 * its stall held up.
 */
final class Pace implements AutoCloseable {
  private static final int CONNECTIONS = 64;
  private static final long HANG_SECONDS = 20;

  private final byte[] request;
  private final Selector selector;
  private final List<Line> lines = new ArrayList<>();
  private final BlockingDeque<Line> free = new LinkedBlockingDeque<>();
  private volatile Figures figures;
  private volatile RuntimeException failure;

  /** A connection and the answer that it waits for. */
  private static final class Line {
    final SocketChannel channel;
    final ByteBuffer got = ByteBuffer.allocate(65_536);
    volatile long due;
    int whole;

    Line(SocketChannel channel) {
      this.channel = channel;
    }
  }

  Pace(int port, String uri) throws IOException {
    request = ("GET " + uri + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(ISO_8859_1);
    selector = Selector.open();
    for (int i = 0; i < CONNECTIONS; i++) {
      SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      Line line = new Line(channel);
      lines.add(line);
      free.addFirst(line);
      channel.register(selector, SelectionKey.OP_READ, line);
    }
    Origin.daemon("pace", this::listen);
  }

  /** Sends for a while, and gives the latencies of all that was due. */
  Figures run(String what, int perSecond, double seconds) throws Exception {
    Figures now = new Figures(what);
    figures = now;
    int count = (int) (perSecond * seconds);
    long began = System.nanoTime();
    for (long i = 0; i < count && failure == null; i++) {
      long due = began + i * 1_000_000_000L / perSecond;
      for (long left; (left = due - System.nanoTime()) > 0; ) LockSupport.parkNanos(left);
      Line line = free.pollFirst(HANG_SECONDS, TimeUnit.SECONDS);
      if (line == null) throw new IllegalStateException("no answer in " + HANG_SECONDS + " s");
      line.due = due;
      ByteBuffer bytes = ByteBuffer.wrap(request);
      while (bytes.hasRemaining()) line.channel.write(bytes);
    }
    for (int i = 0; i < HANG_SECONDS * 100 && now.count() < count && failure == null; i++) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    if (failure != null) throw failure;
    if (now.count() < count) throw new IllegalStateException("answers are missing");
    return now;
  }

  private void listen() {
    try {
      while (selector.isOpen()) {
        selector.select(this::read);
      }
    } catch (ClosedSelectorException ended) {
      // in order
    } catch (IOException e) {
      failure = new UncheckedIOException(e);
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private void read(SelectionKey key) {
    Line line = (Line) key.attachment();
    try {
      if (line.channel.read(line.got) < 0) throw new IOException("it closed a connection");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (line.whole == 0) line.whole = length(line.got);
    if (line.whole == 0 || line.got.position() < line.whole) return;
    figures.add(System.nanoTime() - line.due);
    line.got.clear();
    line.whole = 0;
    free.addFirst(line);
  }

  /** Of the whole answer; 0 while its head is not there. */
  private static int length(ByteBuffer got) {
    String text = new String(got.array(), 0, got.position(), ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) return 0;
    if (!text.startsWith("HTTP/1.1 200")) throw new IllegalStateException(text);
    String head = text.substring(0, end + 2).toLowerCase(Locale.ROOT);
    int field = head.indexOf("content-length: ") + 16;
    return end + 4 + Integer.parseInt(head.substring(field, head.indexOf("\r\n", field)));
  }

  @Override
  public void close() throws IOException {
    selector.close();
    for (Line line : lines) line.channel.close();
  }
}
