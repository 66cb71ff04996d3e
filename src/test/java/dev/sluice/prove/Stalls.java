package dev.sluice.prove;

import static dev.sluice.prove.Figures.say;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Clients that ask and never read, in all the ways there are, and an upstream that never reads what
 * it is sent: the gateway's memory stays within bounds, and who behaves is served meanwhile.
 */
final class Stalls implements Prove.Proof {
  private static final long LARGE = 64L << 20;
  private static final int STORED = 7 << 20;
  private static final int HELD_SECONDS = 12;
  private static final long PAUSE_MILLIS = 10;
  private static final double MOST_MIB = 512; // more than the heap at its largest, of RSS
  private static final double MOST_UNSERVED = 0.01;

  private final int clients;
  private final List<SocketChannel> stalled = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();

  Stalls(int clients) {
    this.clients = clients;
  }

  @Override
  public boolean holds() throws Exception {
    boolean fine = true;
    try (Origin origin = new Origin();
        ServerSocket pit = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        Subject gateway = new Subject(Memory.settings(), yaml(origin, pit))) {
      serve(gateway, 200);
      Vitals.of(gateway).print("warm");
      fine &= phase(gateway, "large answers", clients, "GET /o/plain/1/" + LARGE);
      fine &= phase(gateway, "one large stored answer", clients / 4, "GET /c/lasting/1/" + STORED);
      fine &= phase(gateway, "answers to be stored", clients / 10, "GET /c/lasting/%d/" + STORED);
      fine &= phase(gateway, "uploads", clients / 10, "POST /pit/x");
      double peak = Vitals.peak(gateway.pid());
      say("RSS at its most %.1f MiB, promised: %.0f", peak, MOST_MIB);
      Vitals.of(gateway).print("at the end");
      return fine && peak < MOST_MIB && gateway.logged(Subject.ERROR) == 0;
    } finally {
      leave();
    }
  }

  private boolean phase(Subject gateway, String what, int number, String request) throws Exception {
    for (int i = 0; i < number; i++) stall(gateway.port(), i, request.formatted(i));
    double unserved = serve(gateway, (int) (HELD_SECONDS * 1000 / PAUSE_MILLIS));
    say("%5d clients, %s: %.2f %% of others' requests unserved", number, what, 100 * unserved);
    Vitals.of(gateway).print("with them");
    leave();
    TimeUnit.SECONDS.sleep(1);
    return unserved <= MOST_UNSERVED;
  }

  /** Asks, and sends as much of a body as is taken; reads nothing. */
  private void stall(int port, int index, String request) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.socket().setReceiveBufferSize(4096);
    channel.bind(new InetSocketAddress("127.0.0." + (2 + index / 10_000), 0));
    channel.connect(new InetSocketAddress("127.0.0.1", port));
    boolean upload = request.startsWith("POST");
    String length = upload ? "Content-Length: " + LARGE + "\r\n" : "";
    String head = request + " HTTP/1.1\r\nHost: localhost\r\n" + length + "\r\n";
    channel.write(ByteBuffer.wrap(head.getBytes(ISO_8859_1)));
    channel.configureBlocking(false);
    ByteBuffer part = ByteBuffer.allocate(1 << 16);
    while (upload && channel.write(part.clear()) > 0) {}
    stalled.add(channel);
  }

  /** The share of ordinary requests that were not answered with 200. */
  private double serve(Subject gateway, int requests) throws Exception {
    int failed = 0;
    for (int i = 0; i < requests; i++) {
      String path = i % 2 == 0 ? "/o/plain/" + i + "/1000" : "/c/lasting/7/1000";
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
              .timeout(Duration.ofSeconds(10))
              .build();
      try {
        if (client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() != 200)
          failed++;
      } catch (IOException none) {
        failed++;
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
    return (double) failed / requests;
  }

  private void leave() throws IOException {
    for (SocketChannel channel : stalled) channel.close();
    stalled.clear();
  }

  private static String yaml(Origin origin, ServerSocket pit) {
    return """
        version: 1
        cache: { http: { bytes: 64MiB, maxEntry: 8MiB } }
        upstreams:
          origin: { url: "http://127.0.0.1:%d" }
          pit: { url: "http://127.0.0.1:%d" }
        routes:
          - { path: "/o/**", upstream: origin, stripPrefix: /o, limit: none }
          - { path: "/c/**", upstream: origin, stripPrefix: /c, cache: http, limit: none }
          - { path: "/pit/**", upstream: pit, limit: none }
        """
        .formatted(origin.port(), pit.getLocalPort());
  }
}
