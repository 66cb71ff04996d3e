package dev.sluice.prove;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;

/**
 * An upstream on plain sockets, a thread a connection, so that a fault can be played to the byte.
 * {@code GET /<kind>/<id>/<length>} gives {@link Content}, which may be stored where the kind is
 * {@code fresh}, for a second, or {@code lasting}; any other method is answered with length and
 * checksum of what it sent.
 */
final class Origin implements AutoCloseable {
  /** What may go wrong with an answer. */
  enum Fault {
    NONE,
    STATUS_500,
    STATUS_503,
    DELAY,
    PAUSE,
    NO_ANSWER,
    BROKEN_BODY,
    GARBAGE
  }

  private static final int BACKLOG = 1024;
  private static final long DELAY_NANOS = 300_000_000;
  private static final long PAUSE_NANOS = 3_000_000_000L;
  private static final double SHARE = 0.4;

  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong sent = new AtomicLong();
  private volatile Fault fault = Fault.NONE;

  Origin() {
    try {
      server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon("origin", this::accept);
  }

  static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return server.getLocalPort();
  }

  /** From now on some of the requests, not all, meet with this. */
  void fault(Fault next) {
    fault = next;
  }

  /** Bytes of bodies that its sockets have taken. */
  long sent() {
    return sent.get();
  }

  int connections() {
    return open.size();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        open.add(socket);
        daemon("origin connection", () -> serve(socket));
      }
    } catch (IOException closed) {
      // that is how it ends
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream(), Content.CHUNK);
      while (exchange(in, socket.getOutputStream())) {}
    } catch (IOException left) {
      // the gateway has closed it
    } finally {
      open.remove(socket);
    }
  }

  /** One request and its answer; false where the connection is to be closed. */
  private boolean exchange(InputStream in, OutputStream out) throws IOException {
    String head = head(in);
    if (head == null) return false;
    String received = body(in, head);
    Fault now = ThreadLocalRandom.current().nextDouble() < SHARE ? fault : Fault.NONE;
    switch (now) {
      case STATUS_500 -> write(out, "500 Broken", "content-length: 4\r\n", "oops");
      case STATUS_503 -> write(out, "503 Busy", "content-length: 4\r\n", "busy");
      case NO_ANSWER -> {
        return false;
      }
      case GARBAGE -> {
        out.write("\0\1HTTP 200\r\n:\r\n\r\nrubbish".getBytes(ISO_8859_1));
        return false;
      }
      default -> {
        if (now == Fault.DELAY) LockSupport.parkNanos(DELAY_NANOS);
        if (now == Fault.PAUSE) LockSupport.parkNanos(PAUSE_NANOS);
        if (head.startsWith("GET ")) return give(out, head, now == Fault.BROKEN_BODY);
        write(out, "200 OK", "content-length: " + received.length() + "\r\n", received);
      }
    }
    return true;
  }

  private boolean give(OutputStream out, String head, boolean broken) throws IOException {
    String[] path = head.substring(4, head.indexOf(' ', 4)).split("[/?]");
    long id = Long.parseLong(path[2]);
    long length = Long.parseLong(path[3]);
    String fields = "etag: \"" + id + "-" + length + "\"\r\n";
    if (path[1].equals("fresh")) fields += "cache-control: max-age=1, stale-while-revalidate=2\r\n";
    if (path[1].equals("lasting")) fields += "cache-control: max-age=86400\r\n";
    if (head.contains("if-none-match: \"" + id + "-" + length + "\"")) {
      write(out, "304 Not Modified", fields, "");
      return true;
    }
    write(out, "200 OK", fields + "content-length: " + length + "\r\n", "");
    byte[] chunk = Content.chunk();
    long end = broken ? length / 2 : length;
    for (long at = 0; at < end; at += Content.CHUNK) {
      Content.stamp(chunk, id, at);
      int some = (int) Math.min(Content.CHUNK, end - at);
      out.write(chunk, 0, some);
      sent.addAndGet(some);
    }
    return !broken;
  }

  private static void write(OutputStream out, String status, String fields, String body)
      throws IOException {
    out.write(("HTTP/1.1 " + status + "\r\n" + fields + "\r\n" + body).getBytes(ISO_8859_1));
  }

  /** In small letters but for the first line; null where there is no further request. */
  private static String head(InputStream in) throws IOException {
    StringBuilder all = new StringBuilder();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      all.append(all.length() == 0 ? line : line.toLowerCase(Locale.ROOT)).append('\n');
    }
    return all.length() == 0 ? null : all.toString();
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n' && c >= 0; c = in.read())
      if (c != '\r') line.append((char) c);
    return line.toString();
  }

  /** Reads a request's body and says how long it was, and its checksum. */
  private static String body(InputStream in, String head) throws IOException {
    CRC32C sum = new CRC32C();
    long total = 0;
    if (head.contains("\ntransfer-encoding: chunked")) {
      for (long size = size(in); ; size = size(in)) {
        take(in, size, sum);
        total += size;
        line(in);
        if (size == 0) break;
      }
    } else if (head.contains("\ncontent-length: ")) {
      String from = head.substring(head.indexOf("\ncontent-length: ") + 17);
      total = Long.parseLong(from.substring(0, from.indexOf('\n')));
      take(in, total, sum);
    }
    return total + " " + sum.getValue();
  }

  private static long size(InputStream in) throws IOException {
    return Long.parseLong(line(in), 16);
  }

  private static void take(InputStream in, long length, CRC32C sum) throws IOException {
    byte[] some = new byte[(int) Math.min(length, Content.CHUNK)];
    for (long left = length; left > 0; ) {
      int got = in.read(some, 0, (int) Math.min(left, some.length));
      if (got < 0) throw new EOFException();
      sum.update(some, 0, got);
      left -= got;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) socket.close();
  }
}
