package dev.sluice.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * Somebody's receiver of webhooks, as rude as the test wants: it answers with any bytes it likes.
 */
public final class ToyReceiver implements AutoCloseable {
  public final List<Received> received = new CopyOnWriteArrayList<>();
  public volatile Answer answers = status(204);
  private final ServerSocket server;
  private final CountDownLatch over = new CountDownLatch(1);

  /** A request: its line, its fields by their names in lower case, and its body. */
  public record Received(String line, Map<String, String> fields, String body) {}

  /** What becomes of a request. */
  public interface Answer {
    void to(Received request, Socket socket) throws IOException;
  }

  public ToyReceiver() {
    this("127.0.0.1");
  }

  /** One at another address of this machine. */
  public ToyReceiver(String address) {
    try {
      server = new ServerSocket(0, 50, InetAddress.getByName(address));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  public static Answer status(int status, String... fields) {
    return say(
        "HTTP/1.1 " + status + " X\r\n" + String.join("", fields) + "Content-Length: 0\r\n\r\n");
  }

  /** These bytes, and then it closes the connection. */
  public static Answer say(String bytes) {
    return (request, socket) -> write(socket, bytes);
  }

  /** A part again and again, for as long as it is taken. */
  public static Answer endless(String begin, String part) {
    return (request, socket) -> {
      write(socket, begin);
      while (true) write(socket, part);
    };
  }

  /** Says that, and nothing more. */
  public Answer hang(String bytes) {
    return (request, socket) -> {
      write(socket, bytes);
      try {
        over.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  /** Closes so that the peer is told of an error (RST). */
  public static Answer reset() {
    return (request, socket) -> socket.setSoLinger(true, 0);
  }

  private static void write(Socket socket, String bytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  public int port() {
    return server.getLocalPort();
  }

  public String url() {
    return "http://" + server.getInetAddress().getHostAddress() + ":" + port() + "/hook";
  }

  public Received last() {
    return received.get(received.size() - 1);
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        daemon(() -> serve(socket));
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      Received request = read(socket.getInputStream());
      if (request == null) return;
      Answer answer = answers; // of now: who sees the request may set another for the next
      received.add(request);
      answer.to(request, socket);
    } catch (IOException gone) {
      // by the gateway, as most tests want
    }
  }

  private static Received read(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) return null;
      head.write(b);
    }
    String[] lines = head.toString(StandardCharsets.ISO_8859_1).split("\r\n");
    Map<String, String> fields = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      String[] field = lines[i].split(": ", 2);
      fields.put(field[0].toLowerCase(Locale.ROOT), field[1]);
    }
    int length = Integer.parseInt(fields.getOrDefault("content-length", "0"));
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return new Received(lines[0], fields, body);
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "toy-receiver");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    over.countDown();
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
