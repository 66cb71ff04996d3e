package dev.sluice.store.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.stream.Stream;

/** A data directory that this process has to itself until {@link #close}. */
public final class DataDirectory implements AutoCloseable {
  private static final Set<StandardOpenOption> OPTIONS =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

  private final Path path;
  private final FileChannel channel;

  private DataDirectory(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Makes the directory where it is missing, for this user alone, and takes its lock. One that was
   * there is closed to others where it is empty or a data directory, and nothing else.
   *
   * @throws IOException the directory cannot be written, or another process has it
   */
  public static DataDirectory lock(Path wanted) throws IOException {
    Path file = wanted.resolve("sluice.lock");
    FileChannel channel;
    try {
      OwnersAlone.directory(wanted);
      if (Files.exists(file) || isEmpty(wanted)) OwnersAlone.close(wanted);
      channel = FileChannel.open(file, OPTIONS, OwnersAlone.FILE);
    } catch (IOException e) {
      throw unwritable(wanted, e);
    }
    try {
      if (tryLock(channel) == null) {
        throw new IOException(
            "The data directory %s is in use by another Sluice (%s). Stop that one, or start this one with another --data."
                .formatted(wanted.toAbsolutePath(), holder(channel)));
      }
      write(channel, "pid=%d\nstarted=%s\n".formatted(ProcessHandle.current().pid(), now()));
      return new DataDirectory(wanted.toRealPath(), channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** The directory, absolute and with symbolic links resolved. */
  public Path path() {
    return path;
  }

  /** Gives the lock back; the servers in the directory must have ended. Idempotent. */
  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      channel.truncate(0);
      channel.close();
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.findAny().isEmpty();
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) { // held by this very JVM
      return null;
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(200);
    channel.read(text, 0);
    String facts = new String(text.array(), 0, text.position(), StandardCharsets.UTF_8);
    return facts.isBlank() ? "pid unknown" : facts.strip().replace("\n", ", ").replace("=", " ");
  }

  private static void write(FileChannel channel, String text) throws IOException {
    channel.truncate(0);
    channel.write(StandardCharsets.UTF_8.encode(text), 0);
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  private static IOException unwritable(Path wanted, IOException cause) {
    return new IOException(
        "The data directory %s cannot be used: %s (%s). Give a directory that this user may write with --data."
            .formatted(
                wanted.toAbsolutePath(), cause.getMessage(), cause.getClass().getSimpleName()),
        cause);
  }
}
