package dev.sluice.harness;

import dev.sluice.store.embedded.DataDirectory;
import dev.sluice.store.embedded.EmbeddedServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/**
 * A data directory of fresh servers, made once and copied for each gateway: to unpack PostgreSQL
 * and to make its first files takes seconds.
 */
public final class DataTemplate {
  private static Path made;

  private DataTemplate() {}

  /** Gives a directory what the servers make at their first start. */
  public static synchronized void copyTo(Path directory) {
    try {
      if (made == null) made = make();
      try (Stream<Path> files = Files.walk(made)) {
        for (Path file : files.skip(1).toList()) { // the first is the directory itself
          Path copy = directory.resolve(made.relativize(file).toString());
          Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path make() throws IOException {
    Path directory = Scratch.directory();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> Scratch.delete(directory)));
    try (DataDirectory locked = DataDirectory.lock(directory)) {
      EmbeddedServers servers = new EmbeddedServers(locked);
      servers.startRedis();
      servers.startPostgres();
      servers.stop();
    }
    return directory;
  }
}
