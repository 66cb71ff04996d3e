package dev.sluice.store.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** Server programs from the class path, unpacked once into the data directory. */
final class Binaries {
  private final Path directory;
  private final String system;
  private final boolean arm;

  Binaries(Path directory) {
    this.directory = directory;
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    this.system = os.startsWith("mac") ? "darwin" : os.startsWith("linux") ? "linux" : os;
    this.arm = System.getProperty("os.arch").equals("aarch64");
  }

  /** The directory that has {@code initdb} and {@code postgres}. */
  Path postgres() throws IOException {
    URL archive = resource("PostgreSQL", "postgres-" + system + (arm ? "-arm_64" : "-x86_64"));
    return unpacked("postgres", archive, Binaries::untar).resolve("bin");
  }

  /** The Redis server program. */
  Path redis() throws IOException {
    String version = system.equals("linux") && arm ? "6.2.7" : "6.2.6-v5";
    URL program =
        resource(
            "Redis", "redis-server-%s-%s-%s".formatted(version, system, arm ? "arm64" : "amd64"));
    return unpacked("redis", program, Binaries::copyProgram).resolve("redis-server");
  }

  private URL resource(String server, String name) throws IOException {
    ClassLoader loader = Binaries.class.getClassLoader();
    for (String candidate : List.of(name, name + ".txz")) {
      URL found = loader.getResource(candidate);
      if (found != null) {
        return found;
      }
    }
    throw new IOException(
        "Sluice has no %s program for this system (%s). Set store.%s to the URI of a server."
            .formatted(server, name, server.startsWith("P") ? "postgres" : "redis"));
  }

  /**
   * Another release of a program has another size, and so another directory; the former one goes.
   */
  private Path unpacked(String name, URL source, Unpack unpack) throws IOException {
    Path home = directory.resolve(name + "-" + source.openConnection().getContentLengthLong());
    if (Files.isDirectory(home)) {
      return home;
    }
    Files.createDirectories(directory);
    try (Stream<Path> all = Files.list(directory)) {
      for (Path old : all.filter(p -> p.getFileName().toString().startsWith(name + "-")).toList()) {
        delete(old);
      }
    }
    Path fresh = Files.createDirectory(directory.resolve(name + "-unfinished"));
    try (InputStream in = source.openStream()) {
      unpack.into(fresh, in);
    }
    return Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void copyProgram(Path home, InputStream in) throws IOException {
    Path program = home.resolve("redis-server");
    Files.copy(in, program);
    makeExecutable(program);
  }

  private static void untar(Path home, InputStream in) throws IOException {
    InputStream plain = new BufferedInputStream(new XZInputStream(in), 1 << 16);
    try (TarArchiveInputStream tar = new TarArchiveInputStream(plain)) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        Path target = home.resolve(e.getName()).normalize();
        if (!target.startsWith(home) || e.isDirectory() || forCompiling(e.getName())) {
          continue;
        }
        Files.createDirectories(target.getParent());
        if (e.isSymbolicLink()) {
          Files.createSymbolicLink(target, Path.of(e.getLinkName()));
        } else {
          Files.copy(tar, target);
          if ((e.getMode() & 0100) != 0) {
            makeExecutable(target);
          }
        }
      }
    }
  }

  private static boolean forCompiling(String name) {
    return name.endsWith(".a") || name.contains("/pkgconfig/") || name.contains("include/");
  }

  private static void makeExecutable(Path program) throws IOException {
    if (!program.toFile().setExecutable(true)) {
      throw new IOException(program + " cannot be made executable. Choose another --data.");
    }
  }

  /** Deletes a directory with all that is in it, if it is there. */
  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @FunctionalInterface
  private interface Unpack {
    void into(Path home, InputStream in) throws IOException;
  }
}
