package dev.sluice.prove;

import static dev.sluice.prove.Figures.say;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Connections that are kept and say nothing: what each costs. */
final class Idle implements Prove.Proof {
  private static final int WARMING = 40_000;
  private static final int AN_ADDRESS = 10_000;
  private static final int SPARE = 500;
  private static final int HELD_SECONDS = 10;
  private static final double MOST_MIB_OF_10_000 = 100;
  private static final String[] REQUESTS = {
    "GET /clips?channel=ninja&limit=5 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /o/bytes/1/1000 HTTP/1.1\r\nHost: localhost\r\n\r\n"
  };

  private final int connections;

  Idle(int connections) {
    this.connections = connections;
  }

  @Override
  public boolean holds() throws Exception {
    requireDescriptors();
    List<Socket> open = new ArrayList<>();
    try (Origin origin = new Origin();
        Subject gateway = new Subject(Memory.settings(), yaml(origin))) {
      try (Socket one = connect(gateway.port(), 0)) {
        for (int i = 0; i < WARMING; i++) ask(one, i);
      }
      Vitals.of(gateway).print("warm");
      double before = Vitals.rss(gateway.pid());
      for (int i = 0; i < connections; i++) {
        open.add(connect(gateway.port(), i));
        ask(open.get(i), i);
      }
      TimeUnit.SECONDS.sleep(HELD_SECONDS);
      double grown = Vitals.rss(gateway.pid()) - before;
      int held = (int) gateway.metric("http_connections_active") - 1;
      say("%d connections held: RSS %+.1f MiB", held, grown);
      Vitals.of(gateway).print("after a collection");
      for (int i = 0; i < connections; i++) ask(open.get(i), i); // all of them live
      double promised = MOST_MIB_OF_10_000 * connections / 10_000;
      say("promised: %.0f MiB", promised);
      return held == connections && grown < promised;
    } finally {
      for (Socket socket : open) socket.close();
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

  /** From several addresses of the loopback: one has but so many ports. */
  private static Socket connect(int port, int index) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    InetAddress from = InetAddress.getByName("127.0.0." + (2 + index / AN_ADDRESS));
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(new InetSocketAddress("127.0.0.1", port));
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** One exchange: the answers have a length, and are no larger than what fits here. */
  private static void ask(Socket socket, int index) throws IOException {
    socket.getOutputStream().write(REQUESTS[index % REQUESTS.length].getBytes(ISO_8859_1));
    byte[] got = new byte[16_384];
    int size = 0;
    while (!isWhole(got, size)) {
      int more = socket.getInputStream().read(got, size, got.length - size);
      if (more < 0) throw new EOFException("connection " + index + " was closed");
      size += more;
    }
  }

  private static boolean isWhole(byte[] got, int size) {
    String text = new String(got, 0, size, ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) return false;
    if (!text.startsWith("HTTP/1.1 200")) throw new IllegalStateException(text);
    int field = text.toLowerCase(java.util.Locale.ROOT).indexOf("content-length: ") + 16;
    int length = Integer.parseInt(text.substring(field, text.indexOf("\r\n", field)));
    return size >= end + 4 + length;
  }

  private void requireDescriptors() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
      if (!line.startsWith("Max open files")) continue;
      String most = line.split(" {2,}")[2]; // the hard limit: a JVM raises its own to that
      if (most.equals("unlimited") || Long.parseLong(most) >= connections + SPARE) return;
      throw new IllegalStateException(
          ("A process may have %s descriptors here, and %d are needed: raise the limit as root"
                  + " (ulimit -n %2$d), or take fewer connections (scripts/prove idle N).")
              .formatted(most, connections + SPARE));
    }
  }
}
