package dev.sluice.store.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedServersIT {
  @TempDir Path temp;
  private Path data;
  private DataDirectory directory;
  private EmbeddedServers servers;

  @BeforeEach
  void lock() throws IOException {
    data = temp.resolve("it's a data dir");
    directory = DataDirectory.lock(data);
    servers = new EmbeddedServers(directory);
  }

  @AfterEach
  void stop() throws IOException {
    servers.stop();
    directory.close();
    assertTrue(ServerProcesses.of(data).isEmpty());
  }

  /** The programs aside, which are anybody's. */
  @Test
  void whatTheServersWriteIsOfItsOwnerAlone() throws IOException {
    servers.startRedis();
    servers.startPostgres();
    List<String> open = new ArrayList<>();
    int files = 0;
    for (String part : List.of(".", "log", "redis", "postgres")) {
      assertTrue(Files.isDirectory(data.resolve(part)), part);
      try (Stream<Path> all = Files.list(data.resolve(part))) {
        for (Path path : all.toList()) {
          String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
          boolean data = !path.getFileName().toString().equals("bin");
          if (data && !mode.endsWith("------")) open.add(path + " " + mode);
          files++;
        }
      }
    }
    assertEquals(List.of(), open);
    assertTrue(files > 20, "there are " + files);
  }

  @Test
  void aServerThatDiesIsStartedAgainAtTheSamePort() throws IOException {
    Endpoint redis = servers.startRedis();
    ProcessHandle first = ServerProcesses.main(data, "redis-server");
    first.destroyForcibly();
    Eventually.holds("Redis is replaced", () -> replaced(first));
    Eventually.holds("it listens where it did", () -> !Endpoints.free(redis.port()));
  }

  @Test
  void aFrozenServerIsStoppedToo() throws IOException {
    servers.startRedis();
    ServerProcesses.signal("STOP", ServerProcesses.main(data, "redis-server"));
    servers.stop();
    assertTrue(ServerProcesses.of(data).isEmpty());
  }

  @Test
  void aPortThatIsTakenIsLeftToItsOwner() throws IOException {
    Endpoint before = servers.startRedis();
    servers.stop();
    try (ServerSocket stranger = new ServerSocket(before.port())) {
      EmbeddedServers next = new EmbeddedServers(directory);
      assertNotEquals(stranger.getLocalPort(), next.startRedis().port());
      next.stop();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis", "postgres"})
  void aPortThatIsTakenForAMomentIsTriedAgain(String name) throws IOException {
    Binaries binaries = new Binaries(data.resolve("bin"));
    Path log = OwnersAlone.file(OwnersAlone.directory(data.resolve("log")).resolve(name + ".log"));
    boolean redis = name.equals("redis");
    Hindered server =
        new Hindered(
            redis ? new RedisServer(data, binaries) : new PostgresServer(data, binaries, log));
    SupervisedServer supervised = new SupervisedServer(server, new Endpoints(data), log);
    try {
      int port = supervised.start().port();
      assertEquals(server.taken, port);
      assertEquals(2, server.starts);
    } finally {
      supervised.stop();
    }
  }

  /** One whose port somebody else has while it starts for the first time. */
  private static final class Hindered implements Server {
    private final Server server;
    private ServerSocket stranger;
    private int starts;
    private int taken;

    Hindered(Server server) {
      this.server = server;
    }

    @Override
    public void prepare(Endpoint endpoint) throws IOException {
      server.prepare(endpoint);
      taken = endpoint.port();
      if (starts++ == 0) stranger = new ServerSocket(taken);
    }

    @Override
    public boolean ready(Endpoint endpoint, GuardedProcess process) {
      if (stranger == null) return server.ready(endpoint, process);
      try {
        if (!process.isAlive()) stranger.close();
        if (stranger.isClosed()) stranger = null;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return false;
    }

    @Override
    public String title() {
      return server.title();
    }

    @Override
    public String name() {
      return server.name();
    }

    @Override
    public List<String> command(Endpoint endpoint) {
      return server.command(endpoint);
    }

    @Override
    public String stopSignal() {
      return server.stopSignal();
    }
  }

  @Test
  void dataOfAnotherPostgresIsNamed() throws IOException {
    Files.createDirectories(data.resolve("postgres"));
    Files.writeString(data.resolve("postgres/PG_VERSION"), "15\n");
    IOException refused = assertThrows(IOException.class, servers::startPostgres);
    assertTrue(refused.getMessage().contains("PostgreSQL 15"), refused.getMessage());
  }

  @Test
  void aStartThatFailsTellsTheServersLastWords() throws IOException {
    servers.startRedis();
    servers.stop();
    Files.writeString(data.resolve("redis/appendonly.aof"), "this is no append-only file\r\n");
    EmbeddedServers next = new EmbeddedServers(directory);
    IOException failed = assertThrows(IOException.class, next::startRedis);
    assertTrue(failed.getMessage().contains("Redis did not start"), failed.getMessage());
    assertTrue(failed.getMessage().contains("redis.log"), failed.getMessage());
    next.stop();
  }

  @Test
  void afterStopNothingStarts() throws IOException {
    servers.stop();
    assertThrows(IOException.class, servers::startRedis);
  }

  private boolean replaced(ProcessHandle first) {
    try {
      return ServerProcesses.of(data).stream().anyMatch(p -> p.pid() != first.pid());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
