package dev.sluice.store.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Redis in {@code <data>/redis}: an append-only file, synced every second. */
final class RedisServer implements Server {
  private static final int PROBE_MILLIS = 500;

  private final Path home;
  private final Path program;

  RedisServer(Path data, Binaries binaries) throws IOException {
    this.home = data.resolve("redis");
    this.program = binaries.redis();
  }

  @Override
  public String title() {
    return "Redis";
  }

  @Override
  public String name() {
    return "redis";
  }

  /**
   * The configuration is a file of ours because a password on the command line could be read by
   * anyone.
   */
  @Override
  public void prepare(Endpoint endpoint) throws IOException {
    OwnersAlone.directory(home);
    Path fresh = Files.createTempFile(home, "redis", ".conf"); // made with mode 0600
    Files.writeString(fresh, configuration(endpoint));
    Files.move(fresh, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public List<String> command(Endpoint endpoint) {
    return List.of(program.toString(), file().toString());
  }

  @Override
  public String stopSignal() {
    return "TERM";
  }

  @Override
  public boolean ready(Endpoint endpoint, GuardedProcess process) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", endpoint.port()), PROBE_MILLIS);
      socket.setSoTimeout(PROBE_MILLIS);
      String ask = "AUTH " + endpoint.password() + "\r\nPING\r\n";
      socket.getOutputStream().write(ask.getBytes(StandardCharsets.US_ASCII));
      BufferedReader replies =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      return "+OK".equals(replies.readLine()) && "+PONG".equals(replies.readLine());
    } catch (IOException e) {
      return false; // not listening yet; while it loads its data it answers -LOADING
    }
  }

  private Path file() {
    return home.resolve("redis.conf");
  }

  private String configuration(Endpoint endpoint) {
    return """
        bind 127.0.0.1
        protected-mode yes
        port %d
        requirepass %s
        dir "%s"
        appendonly yes
        appendfsync everysec
        save ""
        maxmemory 512mb
        maxmemory-policy volatile-lru
        always-show-logo no
        """
        .formatted(
            endpoint.port(),
            endpoint.password(),
            home.toString().replace("\\", "\\\\").replace("\"", "\\\""));
  }
}
