package dev.sluice.harness;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A server whose connections the test itself reads and writes, one after the other. */
public final class SocketOrigin implements Closeable {
  /** What a server answers to the key of {@link Wire}. */
  public static final String AGREED =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

  private final ServerSocket server;

  public SocketOrigin() throws IOException {
    server = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
    server.setSoTimeout(10_000);
  }

  public int port() {
    return server.getLocalPort();
  }

  /** The next connection, with the head of its first request. */
  public Peer accept() throws IOException {
    Socket socket = server.accept();
    socket.setSoTimeout(10_000);
    socket.setTcpNoDelay(true);
    return new Peer(socket, head(socket.getInputStream()));
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) throw new AssertionError("ended after " + head);
      head.append((char) next);
    }
    return head.toString();
  }

  /** The gateway's side of one. */
  public record Peer(Socket socket, String asked) implements Closeable {
    /** Agrees to the socket; {@code more} has further fields, and what comes in the same packet. */
    public Peer agree(String... more) throws IOException {
      String fields = more.length > 0 ? more[0] : "";
      String behind = more.length > 1 ? more[1] : "";
      return send(AGREED + fields + "\r\n" + behind);
    }

    public Peer send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      return this;
    }

    public String receive(int bytes) throws IOException {
      byte[] got = socket.getInputStream().readNBytes(bytes);
      return new String(got, StandardCharsets.ISO_8859_1);
    }

    /** Whether there is nothing more to come. */
    public boolean ended() throws IOException {
      return socket.getInputStream().read() < 0;
    }

    /** Closes it with a reset. */
    public void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    /** Closes it in order. */
    public void hangUp() throws IOException {
      socket.close();
    }

    @Override
    public void close() throws IOException {
      hangUp();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
