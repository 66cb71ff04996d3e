package dev.sluice.store.embedded;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** PostgreSQL in {@code <data>/postgres}: TCP on 127.0.0.1 only, passwords, full durability. */
final class PostgresServer implements Server {
  static final String USER = "sluice";
  private static final String MAJOR = "18";

  /** Each app has a pool of its own, opened on demand. */
  private static final int MAX_CONNECTIONS = 200;

  private final Path data;
  private final Path home;
  private final Path programs;
  private final Path log;
  private final List<String> prefix;

  PostgresServer(Path data, Binaries binaries, Path log) throws IOException {
    this.data = data;
    this.home = data.resolve("postgres");
    this.log = log;
    this.programs = binaries.postgres();
    this.prefix = notAsRoot(data);
  }

  @Override
  public String title() {
    return "PostgreSQL";
  }

  @Override
  public String name() {
    return "postgres";
  }

  @Override
  public void prepare(Endpoint endpoint) throws IOException {
    if (!Files.exists(home)) {
      initialize(endpoint);
    }
    String version = Files.readString(home.resolve("PG_VERSION")).strip();
    if (!version.equals(MAJOR)) {
      throw new IOException(
          "%s has data of PostgreSQL %s, and this Sluice brings %s. Dump it with the Sluice that wrote it and load it into a new --data."
              .formatted(home, version, MAJOR));
    }
    List<String> facts = pidFile();
    if (!facts.isEmpty() && ProcessHandle.of(pid(facts)).isPresent()) {
      // No server runs here (Leftovers saw to that), so the pid now belongs to a stranger, as after
      // a reboot.
      Files.delete(home.resolve("postmaster.pid"));
    }
  }

  @Override
  public List<String> command(Endpoint endpoint) {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of(programs.resolve("postgres").toString(), "-D", home.toString()));
    for (String setting : settings(endpoint)) {
      command.add("-c");
      command.add(setting);
    }
    return command;
  }

  @Override
  public String stopSignal() {
    return "INT";
  }

  /**
   * The postmaster keeps its state in the eighth line of its pid file, which is what pg_ctl goes by
   * too.
   */
  @Override
  public boolean ready(Endpoint endpoint, GuardedProcess process) {
    try {
      List<String> facts = pidFile();
      return facts.size() > 7 && facts.get(7).startsWith("ready") && process.isParentOf(pid(facts));
    } catch (IOException e) {
      return false;
    }
  }

  private static List<String> settings(Endpoint endpoint) {
    return List.of(
        "port=" + endpoint.port(),
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "max_connections=" + MAX_CONNECTIONS,
        "timezone=UTC",
        "log_timezone=UTC",
        "log_checkpoints=off",
        "max_wal_size=256MB",
        "io_method=sync", // worker processes pay only with data larger than memory
        "jit=off");
  }

  /**
   * Works beside the final place and moves it there, so that a start cut short leaves nothing half
   * made.
   */
  private void initialize(Endpoint endpoint) throws IOException {
    Path fresh = data.resolve("postgres-unfinished");
    Binaries.delete(fresh);
    Path password = Files.createTempFile(data, "initdb", ".tmp"); // made with mode 0600
    try {
      Files.writeString(password, endpoint.password());
      List<String> command = new ArrayList<>(prefix);
      command.addAll(List.of(programs.resolve("initdb").toString(), "-D", fresh.toString()));
      command.addAll(List.of("-U", USER, "--pwfile=" + password, "--auth=scram-sha-256"));
      command.addAll(List.of("--encoding=UTF8", "--locale=C", "--locale-provider=builtin"));
      command.addAll(List.of("--builtin-locale=C.UTF-8", "--no-instructions"));
      if (GuardedProcess.start(command, "TERM", log).exit().join() != 0) {
        throw new IOException(
            "PostgreSQL could not make its data in %s. See %s for the reason."
                .formatted(home, log));
      }
      Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(password);
    }
  }

  private List<String> pidFile() throws IOException {
    Path file = home.resolve("postmaster.pid");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private static long pid(List<String> pidFile) {
    return Long.parseLong(pidFile.get(0).strip());
  }

  /**
   * PostgreSQL refuses to run as root; in a user namespace without mappings root is nobody to it.
   */
  private static List<String> notAsRoot(Path data) throws IOException {
    if (new UnixSystem().getUid() != 0) {
      return List.of();
    }
    List<String> prefix = List.of("unshare", "-U");
    if (!GuardedProcess.onPath("unshare") || !works(List.of("unshare", "-U", "true"))) {
      throw new IOException(
          "PostgreSQL does not run as root, and this system allows no user namespaces. Run Sluice as another user who owns %s, or set store.postgres to the URI of a server."
              .formatted(data));
    }
    return prefix;
  }

  private static boolean works(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).start();
    return process.onExit().join().exitValue() == 0;
  }
}
