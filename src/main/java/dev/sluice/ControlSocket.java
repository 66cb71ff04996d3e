package dev.sluice;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How {@code sluice reload}, {@code token} and {@code keyset} reach the process: a Unix domain
 * socket in its data directory, for its own user alone. A command is one line, its name and what it
 * is about; the answer is {@code ok} or {@code failed} in a line, and text to the end.
 */
final class ControlSocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);
  private static final String NAME = "sluice.sock";
  private static final String OK = "ok\n";
  private static final String FAILED = "failed\n";
  private static final int LONGEST_COMMAND = 4096;

  private final Path path;
  private final ServerSocketChannel server;
  private final Map<String, Function<String, Outcome>> commands;

  private ControlSocket(
      Path path, ServerSocketChannel server, Map<String, Function<String, Outcome>> commands) {
    this.path = path;
    this.server = server;
    this.commands = commands;
  }

  /** What came of a command, for the person who gave it. */
  record Outcome(boolean succeeded, String text) {}

  /** Listens; null, with a word in the log, where the directory cannot have a socket. */
  static ControlSocket open(Path directory, Map<String, Function<String, Outcome>> commands) {
    Path path = directory.resolve(NAME);
    Path fresh = directory.resolve(NAME + "~");
    try {
      Files.deleteIfExists(fresh); // of one that was killed: the directory is ours alone
      ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(fresh));
      // it has its name when it has its permissions
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
      ControlSocket socket = new ControlSocket(path, server, commands);
      daemon(socket::accept);
      return socket;
    } catch (IOException | UnsupportedOperationException e) {
      LOG.warn(
          "\"sluice reload\" and \"sluice token\" will not work, no socket at {}: {}; use SIGHUP, or a"
              + " shorter --data",
          path,
          e.getMessage());
      return null;
    }
  }

  /** Gives the process that has this data directory a command; fails where there is none. */
  static Outcome ask(Path directory, String command) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(directory.resolve(NAME)));
      channel.write(StandardCharsets.UTF_8.encode(command + "\n"));
      String answer =
          new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
      if (answer.startsWith(OK)) return new Outcome(true, answer.substring(OK.length()));
      if (answer.startsWith(FAILED)) {
        return new Outcome(false, answer.substring(FAILED.length()));
      }
      throw new IOException("it ended before it answered");
    }
  }

  private void accept() {
    while (true) {
      try {
        SocketChannel client = server.accept();
        daemon(() -> serve(client));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LOG.warn("the control socket has ended", e);
        return;
      }
    }
  }

  private void serve(SocketChannel client) {
    try (client) {
      String[] words = command(client).split(" ", 2);
      Function<String, Outcome> command = commands.get(words[0]);
      Outcome outcome =
          command == null
              ? new Outcome(false, "The commands are " + String.join(", ", commands.keySet()) + ".")
              : command.apply(words.length > 1 ? words[1] : "");
      String answer = (outcome.succeeded() ? OK : FAILED) + outcome.text();
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(answer);
      while (bytes.hasRemaining()) client.write(bytes);
    } catch (IOException e) {
      LOG.debug("who asked is gone", e);
    }
  }

  private static String command(SocketChannel client) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(LONGEST_COMMAND);
    while (bytes.hasRemaining() && client.read(bytes) >= 0) {
      String text = StandardCharsets.UTF_8.decode(bytes.duplicate().flip()).toString();
      if (text.endsWith("\n")) return text.strip();
    }
    return "";
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "control");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try (server) {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.debug("the control socket stays behind", e);
    }
  }
}
