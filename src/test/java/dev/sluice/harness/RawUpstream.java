package dev.sluice.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A server that answers every request head with the bytes it was told, well formed or not, and
 * keeps what it received to the byte. It reads no bodies: they are part of what comes next.
 */
public final class RawUpstream implements AutoCloseable {
  private final ServerSocket server;
  private final List<Connection> connections = new CopyOnWriteArrayList<>();
  private volatile String[] answer = {""};
  private volatile boolean closes;
  private volatile String end = "\r\n\r\n";

  /** One connection, and what came on it. */
  public static final class Connection {
    private final StringBuffer received = new StringBuffer();
    private volatile boolean ended;

    /** Everything so far, a character a byte. */
    public String received() {
      return received.toString();
    }

    /** Whether the gateway has closed it. */
    public boolean isEnded() {
      return ended;
    }
  }

  public RawUpstream() {
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  public int port() {
    return server.getLocalPort();
  }

  /** From now on answers so, in one packet a part, and keeps the connection. */
  public void answers(String... parts) {
    answer = parts;
    closes = false;
    end = "\r\n\r\n";
    connections.clear();
  }

  /** Answers when this has come; the empty line behind a head, if it is not told otherwise. */
  public void answersAfter(String text) {
    end = text;
  }

  /** The same, and closes the connection behind it. */
  public void answersAndCloses(String... parts) {
    answers(parts);
    closes = true;
  }

  /** Those that were opened since it was last told what to answer. */
  public List<Connection> connections() {
    return connections;
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        Connection connection = new Connection();
        connections.add(connection);
        daemon(() -> serve(socket, connection));
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  private void serve(Socket socket, Connection connection) {
    try (socket) {
      InputStream in = socket.getInputStream();
      for (int b; (b = in.read()) >= 0; ) {
        connection.received.append((char) b);
        if (!connection.received().endsWith(end)) continue;
        for (String part : answer) {
          socket.getOutputStream().write(part.getBytes(StandardCharsets.ISO_8859_1));
          socket.getOutputStream().flush();
        }
        if (closes) return;
      }
    } catch (IOException reset) {
      // closed by the gateway, as some tests want
    } finally {
      connection.ended = true;
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "raw-upstream");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
