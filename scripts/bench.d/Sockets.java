import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;

/**
 * The load of scripts/bench sockets: holds the clients of all servers, publishes to one server at a
 * time, and counts what comes. One thread, no library: it takes what it must of the processors.
 */
public final class Sockets {
  private static final long HANG = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int OPENING = 100; // at once
  private static final int AN_ADDRESS = 10_000; // clients: it has but so many ports
  private static final String CHANNEL = "bench:all";

  private final Selector selector = Selector.open();
  private final ByteBuffer in = ByteBuffer.allocateDirect(64 * 1024);
  private final Map<String, String> options;
  private final double tick;

  private Sockets(Map<String, String> options) throws IOException {
    this.options = options;
    this.tick = Double.parseDouble(options.get("tick"));
  }

  /** What is measured, and its clients; the first of them publishes. */
  private final class Server {
    final String name;
    final int port;
    final long pid;
    final String token; // null where none is asked for
    final long[] sent; // ns, by event
    final int[] missing; // clients that have not had it
    final long[] took; // ns, to the last client
    final List<Client> clients = new ArrayList<>();
    int published;
    int delivered; // events that all have had
    long frames;
    long bytes; // of frames, their heads included
    int ready;
    int gone;

    Server(String name, int port, long pid, String token, int events) {
      this.name = name;
      this.port = port;
      this.pid = pid;
      this.token = token;
      sent = new long[events];
      missing = new int[events];
      took = new long[events];
    }

    void open(int count) throws IOException {
      long end = System.nanoTime() + HANG;
      int from = clients.size();
      while (clients.size() < from + count || ready < from + count) {
        while (clients.size() < from + count && clients.size() - ready < OPENING) {
          clients.add(new Client(this, clients.size()));
        }
        turn();
        if (System.nanoTime() > end) throw new IOException(name + ": only " + ready + " opened");
        if (gone > 0) throw new IOException(name + " closes sockets");
      }
    }

    /** All of them have had it when {@link #delivered} says so. */
    void publish(String text) throws IOException {
      missing[published] = clients.size();
      sent[published] = System.nanoTime();
      published++;
      clients.get(0).say(0x81, text.getBytes(StandardCharsets.UTF_8));
    }

    void got(int event, long now) throws IOException {
      if (event >= published) throw new IOException(name + " sends what nobody has published");
      if (--missing[event] > 0) return;
      took[event] = now - sent[event];
      delivered++;
    }
  }

  /** A socket, of which only its frames' heads are looked at. */
  private final class Client {
    final Server server;
    final SocketChannel channel;
    private final byte[] head = new byte[10];
    private int there; // bytes of the head
    private long left; // bytes of the payload
    private boolean upgraded;
    private boolean subscribed;
    private final StringBuilder answer = new StringBuilder();
    private int heard; // events

    Client(Server server, int index) throws IOException {
      this.server = server;
      channel = SocketChannel.open();
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.setOption(StandardSocketOptions.SO_RCVBUF, 16 * 1024);
      channel.bind(new InetSocketAddress("127.0.0." + (2 + index / AN_ADDRESS), 0));
      channel.connect(new InetSocketAddress("127.0.0.1", server.port));
      String bearer = server.token == null ? "" : "Authorization: Bearer " + server.token + "\r\n";
      String request =
          "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
      write((request + bearer + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, this);
    }

    void write(byte[] all) throws IOException {
      ByteBuffer out = ByteBuffer.wrap(all);
      while (out.hasRemaining()) channel.write(out); // little, and the server reads it
    }

    /** A frame with a mask of zeros, which is one; up to 64 KB. */
    void say(int first, byte[] payload) throws IOException {
      ByteBuffer out = ByteBuffer.allocate(payload.length + 8);
      out.put((byte) first);
      if (payload.length < 126) out.put((byte) (0x80 | payload.length));
      else out.put((byte) (0x80 | 126)).putShort((short) payload.length);
      out.putInt(0).put(payload);
      write(Arrays.copyOf(out.array(), out.position()));
    }

    void read(long now) throws IOException {
      in.clear();
      int count = channel.read(in);
      if (count < 0) {
        server.gone++;
        channel.close();
        return;
      }
      in.flip();
      if (!upgraded) upgrade();
      while (upgraded && in.hasRemaining()) frame(now);
    }

    private void upgrade() throws IOException {
      while (in.hasRemaining() && !upgraded) {
        answer.append((char) in.get());
        upgraded = answer.length() > 3 && answer.indexOf("\r\n\r\n", answer.length() - 4) >= 0;
      }
      if (!upgraded) return;
      if (answer.indexOf("HTTP/1.1 101") != 0) throw new IOException(server.name + ": " + answer);
      answer.setLength(0);
      answer.trimToSize();
      if (server.token == null) ready();
      else say(0x81, message("SUBSCRIBE", "").getBytes(StandardCharsets.UTF_8));
    }

    private void ready() {
      subscribed = true;
      server.ready++;
    }

    private void frame(long now) throws IOException {
      if (left == 0) {
        head[there++] = in.get();
        int stated = there < 2 ? 0 : head[1] & 0x7F;
        if (there < 2 || there < (stated == 127 ? 10 : stated == 126 ? 4 : 2)) return;
        left = stated;
        if (stated >= 126) {
          left = 0;
          for (int i = 2; i < there; i++) left = left << 8 | head[i] & 0xFF;
        }
        if (subscribed) server.bytes += there + left;
        if (left > 0) return;
      } else {
        int skipped = (int) Math.min(left, in.remaining());
        in.position(in.position() + skipped);
        left -= skipped;
        if (left > 0) return;
      }
      whole(now);
      there = 0;
    }

    private void whole(long now) throws IOException {
      int opcode = head[0] & 0x0F;
      if (opcode == 8) throw new IOException(server.name + " closes a socket");
      if (opcode == 9) say(0x8A, new byte[0]);
      if (opcode != 1) return;
      if (!subscribed) {
        ready(); // what comes first says that it is; who may not is closed or hears nothing
        return;
      }
      server.frames++;
      server.got(heard++, now);
    }
  }

  /** Looks now and then, and never waits to be woken: that would be at the cost of who sends. */
  private void turn() throws IOException {
    LockSupport.parkNanos(LOOK);
    selector.selectNow();
    for (SelectionKey key : selector.selectedKeys()) {
      ((Client) key.attachment()).read(System.nanoTime());
    }
    selector.selectedKeys().clear();
  }

  private static String message(String type, String more) {
    return "{\"type\":\"" + type + "\",\"payload\":{\"channel\":\"" + CHANNEL + "\"" + more + "}}";
  }

  // --- the runs ---

  private int number(String option) {
    return Integer.parseInt(options.get(option));
  }

  /** What a round gave. */
  private record Round(
      double micros, double system, double redis, double rate, double bytes, int from, int to) {}

  private void compare() throws Exception {
    int rounds = number("rounds");
    int perRound = number("seconds") * number("rate");
    int warm = number("warm") * number("rate");
    int events = rounds * perRound + warm + 1;
    List<Server> servers = new ArrayList<>();
    long redis = number("redis");
    servers.add(
        new Server(
            "sluice", number("sluice-port"), number("sluice"), options.get("token"), events));
    if (options.containsKey("node"))
      servers.add(new Server("node ws", number("node-port"), number("node"), null, events));
    int payload = 0;
    Map<Server, List<Round>> all = new LinkedHashMap<>();
    for (Server server : servers) {
      server.open(number("sockets"));
      if (payload == 0) payload = calibrate(server);
      else run(server, 1, payload, redis);
      note("%s: %d sockets; warming …", server.name, server.clients.size());
      all.put(server, new ArrayList<>());
      run(server, warm, payload, redis);
    }
    for (int round = 1; round <= rounds; round++) {
      note("round %d of %d …", round, rounds);
      for (Server server : servers) all.get(server).add(run(server, perRound, payload, redis));
    }
    report(all);
    if (options.containsKey("raw")) {
      StringBuilder raw = new StringBuilder();
      all.forEach(
          (s, list) ->
              list.forEach(r -> raw.append(s.name).append('\t').append(r.micros).append('\n')));
      Files.writeString(Path.of(options.get("raw")), raw);
    }
  }

  /** The bytes of an event's frame as the gateway sends it, for the other server's to be alike. */
  private int calibrate(Server gateway) throws Exception {
    long before = gateway.bytes;
    run(gateway, 1, 0, -1);
    return (int) ((gateway.bytes - before) / gateway.clients.size()) - 4; // head of 126 to 65535
  }

  private Round run(Server server, int events, int payload, long redis) throws Exception {
    int from = server.published;
    long frames = server.frames;
    long bytes = server.bytes;
    double cpu = cpu(server.pid);
    double system = system(server.pid);
    double stored = redis < 0 ? 0 : cpu(redis);
    long began = System.nanoTime();
    long pause = TimeUnit.SECONDS.toNanos(1) / number("rate");
    int burst = options.containsKey("burst") ? number("burst") : 1;
    long due = began;
    while (server.delivered < from + events) {
      long now = System.nanoTime();
      if (server.published < from + events && now >= due) {
        for (int i = 0; i < burst && server.published < from + events; i++) {
          server.publish(event(server, payload));
          due += pause;
        }
      }
      turn();
      if (server.gone > 0) throw new IOException(server.name + " lost " + server.gone + " sockets");
      if (now - began > HANG + events * pause)
        throw new IOException(server.name + " delivers no more");
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    long count = server.frames - frames;
    return new Round(
        (cpu(server.pid) - cpu) * 1e6 / count,
        (system(server.pid) - system) * 1e6 / count,
        redis < 0 ? 0 : (cpu(redis) - stored) * 1e6 / count,
        count / seconds,
        (double) (server.bytes - bytes) / count,
        from,
        from + events);
  }

  /** As the gateway wants it, and for the other server as the gateway's clients get it. */
  private String event(Server server, int payload) {
    String data =
        "{\"n\":" + (1_000_000 + server.published) + ",\"text\":\"" + "x".repeat(30) + "\"}";
    if (server.token != null) return message("PUBLISH", ",\"event\":\"SAID\",\"data\":" + data);
    String start = "{\"type\":\"SAID\",\"payload\":" + data + ",\"more\":\"";
    return start + "x".repeat(payload - start.length() - 2) + "\"}";
  }

  private double cpu(long pid) throws IOException {
    return stat(pid, 11) + system(pid);
  }

  private double system(long pid) throws IOException {
    return stat(pid, 12);
  }

  /** Seconds; the fields behind the name of the process, from 0. */
  private double stat(long pid, int field) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[field]) / tick;
  }

  private void report(Map<Server, List<Round>> all) {
    row(
        "server",
        "bytes",
        "CPU us/frame",
        "",
        "system",
        "ratio",
        "Redis us",
        "frames/s",
        "p50 ms",
        "p99 ms");
    List<Round> peer = List.of();
    for (List<Round> rounds : all.values()) peer = rounds; // the last
    double of = middle(peer, Round::micros);
    all.forEach((server, rounds) -> report(server, rounds, of));
  }

  private static void report(Server server, List<Round> rounds, double peer) {
    double[] micros = rounds.stream().mapToDouble(Round::micros).sorted().toArray();
    long[] took =
        Arrays.copyOfRange(server.took, rounds.get(0).from, rounds.get(rounds.size() - 1).to);
    Arrays.sort(took);
    row(
        server.name,
        say("%.0f", middle(rounds, Round::bytes)),
        say("%.2f", median(micros)),
        say("[%.2f..%.2f]", micros[0], micros[micros.length - 1]),
        say("%.2f", middle(rounds, Round::system)),
        say("%.2f", median(micros) / peer),
        server.token == null ? "-" : say("%.2f", middle(rounds, Round::redis)),
        say("%.0f", middle(rounds, Round::rate)),
        say("%.1f", took[took.length / 2] / 1e6),
        say("%.1f", took[(int) (0.99 * took.length)] / 1e6));
  }

  private static void row(String... cells) {
    String form = "%-9s %6s %13s %-15s %8s %6s %9s %9s %8s %8s%n";
    System.out.printf(form, (Object[]) cells);
  }

  private static String say(String format, double... values) {
    return String.format(Locale.ROOT, format, Arrays.stream(values).boxed().toArray());
  }

  private static double middle(List<Round> rounds, ToDoubleFunction<Round> what) {
    return median(rounds.stream().mapToDouble(what).toArray());
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** Sockets that only are there: what each costs. */
  private void idle() throws Exception {
    int count = number("idle");
    Server warm =
        new Server("sluice", number("sluice-port"), number("sluice"), options.get("token"), 1);
    warm.open(count / 5);
    for (Client client : warm.clients) client.channel.close();
    Thread.sleep(2000); // until it has seen that they are gone
    double before = rss(warm.pid);
    Server server = new Server("sluice", warm.port, warm.pid, warm.token, 1);
    server.open(count);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(number("held"));
    while (System.nanoTime() < end) turn(); // heartbeats are answered
    double after = rss(server.pid);
    if (server.gone > 0) throw new IOException(server.gone + " were closed");
    System.out.printf(
        Locale.ROOT,
        "%d idle sockets, each with a subscription: RSS %.0f MiB, %+.0f; %.1f KiB a socket%n",
        count,
        after,
        after - before,
        (after - before) * 1024 / count);
  }

  private static double rss(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("VmRSS:")) return Long.parseLong(line.replaceAll("\\D+", "")) / 1024.0;
    }
    throw new IOException("/proc says nothing of it");
  }

  private static void note(String format, Object... values) {
    System.err.println(String.format(Locale.ROOT, format, values));
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, String> options = new HashMap<>();
    for (String argument : arguments) {
      String[] words = argument.split("=", 2);
      if (!words[1].isEmpty()) options.put(words[0], words[1]);
    }
    Sockets sockets = new Sockets(options);
    if (options.containsKey("rounds")) sockets.compare();
    if (options.containsKey("idle")) sockets.idle();
    System.exit(0);
  }
}
