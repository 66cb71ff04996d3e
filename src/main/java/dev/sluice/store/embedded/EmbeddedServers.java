package dev.sluice.store.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The servers of one data directory. All methods block: call them on a worker thread. They may be
 * called side by side.
 */
public final class EmbeddedServers {
  private static final long LOG_BYTES = 8 << 20;

  private final Path data;
  private final Path programs;
  private final Binaries binaries;
  private final Endpoints endpoints;
  private final List<SupervisedServer> running = new ArrayList<>();
  private boolean cleared;
  private boolean stopped;

  /** Servers in a directory that this process has locked. */
  public EmbeddedServers(DataDirectory directory) {
    this.data = directory.path();
    this.programs = data.resolve("bin");
    this.binaries = new Binaries(programs);
    this.endpoints = new Endpoints(data);
  }

  /**
   * The name of the role that {@link #startPostgres} gives its endpoint's password to; it owns
   * everything.
   */
  public static String postgresUser() {
    return PostgresServer.USER;
  }

  /**
   * Starts PostgreSQL and waits until it answers.
   *
   * @throws IOException it did not start; the message says why and what to do
   */
  public Endpoint startPostgres() throws IOException {
    clearLeftovers();
    Path log = log("postgres");
    return start(new PostgresServer(data, binaries, log), log);
  }

  /**
   * Starts Redis and waits until it answers.
   *
   * @throws IOException it did not start; the message says why and what to do
   */
  public Endpoint startRedis() throws IOException {
    clearLeftovers();
    return start(new RedisServer(data, binaries), log("redis"));
  }

  /** Stops all servers, side by side, and waits until they are gone. Idempotent. */
  public void stop() throws IOException {
    List<SupervisedServer> servers;
    synchronized (this) {
      stopped = true;
      servers = List.copyOf(running);
    }
    List<IOException> failures = new ArrayList<>();
    servers.parallelStream()
        .forEach(
            server -> {
              try {
                server.stop();
              } catch (IOException e) {
                synchronized (failures) {
                  failures.add(e);
                }
              }
            });
    if (!failures.isEmpty()) {
      throw failures.get(0);
    }
  }

  private Endpoint start(Server server, Path log) throws IOException {
    SupervisedServer supervised = new SupervisedServer(server, endpoints, log);
    synchronized (this) {
      if (stopped) {
        throw new IOException(server.title() + " was not started: Sluice is stopping.");
      }
      running.add(supervised);
    }
    return supervised.start();
  }

  private synchronized void clearLeftovers() throws IOException {
    if (!cleared) {
      Leftovers.stop(programs);
      cleared = true;
    }
  }

  private Path log(String server) throws IOException {
    Path log = OwnersAlone.directory(data.resolve("log")).resolve(server + ".log");
    if (Files.exists(log) && Files.size(log) > LOG_BYTES) {
      Path former = log.resolveSibling(server + ".log.1");
      Files.move(log, former, StandardCopyOption.REPLACE_EXISTING);
    }
    return OwnersAlone.file(log);
  }
}
