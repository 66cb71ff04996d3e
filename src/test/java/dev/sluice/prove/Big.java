package dev.sluice.prove;

import static dev.sluice.prove.Figures.say;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;

/**
 * Bodies of 2 GiB, down and up, beside nginx where there is one; and one that is read slowly, while
 * the memory of the gateway is watched.
 */
final class Big implements Prove.Proof {
  private static final long MIB = 1048576;
  private static final int ROUNDS = 3;
  private static final long ID = 7;
  private static final long SLOW_PART = 200 * MIB;
  private static final long SLOW_RATE = 10 * MIB;
  private static final double MOST_GROWTH = 64;
  private static final double MOST_AHEAD = 32; // two hops, each with some MiB in the kernel
  private static final double SHARE_OF_NGINX = 0.7;

  private final long length;
  private final AtomicReference<Double> highest = new AtomicReference<>(0.0);
  private final Map<Long, Long> sums = new HashMap<>();
  private boolean right = true;

  Big(int mebibytes) {
    length = mebibytes * MIB;
  }

  @Override
  public boolean holds() throws Exception {
    try (Origin origin = new Origin();
        Subject gateway = new Subject(List.of("-Xmx256m"), yaml(origin));
        Nginx nginx = Nginx.isThere() ? new Nginx(origin.port()) : null) {
      Map<String, Integer> ports = new LinkedHashMap<>();
      ports.put("sluice", gateway.port());
      if (nginx != null) ports.put("nginx, streaming", nginx.streamingPort());
      if (nginx != null) ports.put("nginx, as it comes", nginx.defaultPort());
      for (int port : ports.values()) { // warm
        download(port, length / 4, Long.MAX_VALUE);
        upload(port, length / 4);
      }
      Vitals before = Vitals.of(gateway);
      before.print("warm");
      watch(gateway.pid());
      Map<String, List<Double>> rates = new LinkedHashMap<>();
      Process beside = nginx == null ? gateway.process() : nginx.process();
      for (int round = 0; round < ROUNDS; round++) {
        ports.forEach(
            (name, port) ->
                measure(rates, name, port, name.equals("sluice") ? gateway.process() : beside));
      }
      double ahead = slow(gateway, origin);
      Vitals after = Vitals.of(gateway);
      after.print("afterwards");
      rates.forEach((what, r) -> say("%-36s %8.2f", what, median(r)));
      double growth = highest.get() - before.rss();
      say("RSS at its highest: %.1f MiB, %.1f more than warm", highest.get(), growth);
      boolean fast = nginx == null || compare(rates, "down") & compare(rates, "up");
      boolean flat = growth < MOST_GROWTH && after.heap() < before.heap() + MOST_GROWTH;
      return right && flat && fast && ahead < MOST_AHEAD;
    }
  }

  private static String yaml(Origin origin) {
    return """
        version: 1
        upstreams: { origin: { url: "http://127.0.0.1:%d" } }
        routes: [ { path: "/o/**", upstream: origin, stripPrefix: /o } ]
        """
        .formatted(origin.port());
  }

  private void measure(Map<String, List<Double>> rates, String name, int port, Process server) {
    try {
      double cpu = Vitals.cpu(server);
      double down = download(port, length, Long.MAX_VALUE);
      double half = Vitals.cpu(server);
      double up = upload(port, length);
      double gib = length / 1024.0 / MIB;
      add(rates, "MiB/s      down " + name, gib * 1024 / down);
      add(rates, "MiB/s      up   " + name, gib * 1024 / up);
      add(rates, "CPU s/GiB  down " + name, (half - cpu) / gib);
      add(rates, "CPU s/GiB  up   " + name, (Vitals.cpu(server) - half) / gib);
    } catch (IOException e) {
      throw new IllegalStateException(name, e);
    }
  }

  private static void add(Map<String, List<Double>> rates, String what, double value) {
    rates.computeIfAbsent(what, k -> new ArrayList<>()).add(value);
  }

  private static boolean compare(Map<String, List<Double>> rates, String way) {
    String key = "MiB/s      %-5s".formatted(way);
    double share = median(rates.get(key + "sluice")) / median(rates.get(key + "nginx, streaming"));
    say("%s: %.2f of nginx's throughput, promised %.1f", way, share, SHARE_OF_NGINX);
    return share >= SHARE_OF_NGINX;
  }

  private static double median(List<Double> values) {
    return Figures.median(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** MiB that the gateway took from the origin before the client did. */
  private double slow(Subject gateway, Origin origin) throws IOException {
    long before = origin.sent();
    long part = Math.min(SLOW_PART, length / 2);
    double[] ahead = {0};
    try (Socket socket = ask(gateway.port(), length)) {
      long read = read(socket, part, SLOW_RATE);
      ahead[0] = (origin.sent() - before - read) / (double) MIB;
    }
    say(
        "slow client: %d MiB at %d MiB/s; ahead of it: %.1f MiB",
        part / MIB, SLOW_RATE / MIB, ahead[0]);
    return ahead[0];
  }

  /** Seconds. */
  private double download(int port, long bytes, long rate) throws IOException {
    long began = System.nanoTime();
    try (Socket socket = ask(port, bytes)) {
      read(socket, bytes, rate);
    }
    return (System.nanoTime() - began) / 1e9;
  }

  private static Socket ask(int port, long bytes) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize((int) MIB);
    socket.connect(new InetSocketAddress("127.0.0.1", port));
    String request = "GET /o/bytes/" + ID + "/" + bytes + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
    return socket;
  }

  /** Reads so many bytes of a body at most so fast, and checks them. */
  private long read(Socket socket, long bytes, long rate) throws IOException {
    InputStream in = new BufferedInputStream(socket.getInputStream(), 8192);
    skipHead(in);
    long began = System.nanoTime();
    CRC32C sum = new CRC32C();
    byte[] some = new byte[4 * Content.CHUNK];
    long read = 0;
    while (read < bytes) {
      int got = in.read(some, 0, (int) Math.min(some.length, bytes - read));
      if (got < 0) throw new EOFException("after " + read + " of " + bytes);
      sum.update(some, 0, got);
      read += got;
      long due = began + (long) (read * 1e9 / rate);
      while (due - System.nanoTime() > 0) LockSupport.parkNanos(due - System.nanoTime());
    }
    if (sum.getValue() != expected(bytes)) wrong("a download");
    return read;
  }

  private static String skipHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) throw new EOFException("no answer");
      head.append((char) next);
    }
    if (!head.toString().startsWith("HTTP/1.1 200")) throw new IOException(head.toString());
    return head.toString();
  }

  private double upload(int port, long bytes) throws IOException {
    long began = System.nanoTime();
    try (Socket socket = new Socket("127.0.0.1", port)) {
      OutputStream out = socket.getOutputStream();
      String head = "PUT /o/up HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + bytes;
      out.write((head + "\r\nConnection: close\r\n\r\n").getBytes(ISO_8859_1));
      byte[] chunk = Content.chunk();
      for (long at = 0; at < bytes; at += chunk.length) {
        Content.stamp(chunk, ID, at);
        out.write(chunk, 0, (int) Math.min(chunk.length, bytes - at));
      }
      InputStream in = new BufferedInputStream(socket.getInputStream());
      skipHead(in);
      double seconds = (System.nanoTime() - began) / 1e9;
      String received = new String(in.readAllBytes(), ISO_8859_1);
      if (!received.equals(bytes + " " + expected(bytes))) wrong("an upload");
      return seconds;
    }
  }

  private long expected(long bytes) {
    return sums.computeIfAbsent(bytes, length -> Content.checksum(ID, length));
  }

  private void wrong(String what) {
    say("the checksum of %s differs", what);
    right = false;
  }

  private void watch(long pid) {
    Origin.daemon(
        "watch",
        () -> {
          try {
            while (true) {
              double now = Vitals.rss(pid);
              highest.accumulateAndGet(now, Math::max);
              TimeUnit.MILLISECONDS.sleep(200);
            }
          } catch (IOException | InterruptedException ended) {
            // with the process
          }
        });
  }
}
