package dev.sluice.store.embedded;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Properties;

/**
 * Ports and passwords of a data directory's servers, chosen once and kept in one file that only its
 * owner may read.
 */
final class Endpoints {
  /**
   * Below the range that systems give to outgoing connections, so that none of them takes a port of
   * ours.
   */
  private static final int FIRST_PORT = 15_000;

  private static final int LAST_PORT = 32_000;

  private final Path file;
  private final SecureRandom random = new SecureRandom();

  Endpoints(Path data) {
    this.file = data.resolve("servers.properties");
  }

  /** The server's endpoint: the one of last time unless somebody else took its port. */
  synchronized Endpoint of(String server) throws IOException {
    Properties kept = load();
    String port = kept.getProperty(server + ".port");
    String password = kept.getProperty(server + ".password");
    if (port != null && password != null && free(Integer.parseInt(port))) {
      return new Endpoint(Integer.parseInt(port), password);
    }
    Endpoint chosen = new Endpoint(freePort(), password == null ? secret() : password);
    kept.setProperty(server + ".port", String.valueOf(chosen.port()));
    kept.setProperty(server + ".password", chosen.password());
    save(kept);
    return chosen;
  }

  /** Whether a server could listen on this port of 127.0.0.1 now. */
  static boolean free(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true); // connections of a server that has ended do not keep its port
      socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private int freePort() throws IOException {
    for (int i = 0; i < 100; i++) {
      int port = FIRST_PORT + random.nextInt(LAST_PORT - FIRST_PORT);
      if (free(port)) {
        return port;
      }
    }
    throw new IOException(
        "No free port for an embedded server was found on 127.0.0.1. Set store.postgres and store.redis to URIs.");
  }

  private String secret() {
    byte[] bytes = new byte[24];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private Properties load() throws IOException {
    Properties kept = new Properties();
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        kept.load(reader);
      } catch (IllegalArgumentException e) {
        throw new IOException(file + " is damaged: " + e.getMessage() + ". Restore it.", e);
      }
    }
    return kept;
  }

  private void save(Properties kept) throws IOException {
    Path fresh = Files.createTempFile(file.getParent(), "servers", ".tmp"); // made with mode 0600
    try (Writer writer = Files.newBufferedWriter(fresh)) {
      kept.store(writer, "Ports and passwords of the embedded servers. Keep it with the data.");
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
