package dev.sluice.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The file that a keyset is kept in; of nobody but its owner. */
public final class KeysetFile {
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");
  private static final FileAttribute<?> PRIVATE = PosixFilePermissions.asFileAttribute(OWNER);

  /** Its name in the data directory. */
  public static final String NAME = "keyset.json";

  private final Path path;

  public KeysetFile(Path path) {
    this.path = path;
  }

  /** What it holds; where it is missing it is made first, and of two who make it one wins. */
  Keyset readOrMake() {
    try {
      if (Files.notExists(path)) make(Keyset.fresh().text());
    } catch (IOException e) {
      throw unusable("read or made", e);
    }
    return read();
  }

  /** What it holds; blocks. Throws {@link StoreException}. */
  public Keyset read() {
    try {
      requirePrivate();
      return Keyset.parse(Files.readString(path));
    } catch (IOException e) {
      throw unusable("read", e);
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          "The keyset %s is damaged. Restore it from a copy: what was sealed with it cannot be read without it."
              .formatted(path.toAbsolutePath()),
          null); // the cause could quote it
    }
  }

  /** Another in its place, as a whole or not at all; blocks. Throws {@link StoreException}. */
  public void replace(Keyset keys) {
    try {
      Path file = path.toRealPath();
      Path draft = Files.createTempFile(file.getParent(), "keyset", ".tmp", PRIVATE);
      try {
        write(draft, keys.text());
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        keepName(file.getParent());
      } finally {
        Files.deleteIfExists(draft);
      }
    } catch (IOException e) {
      throw unusable("changed", e);
    }
  }

  private StoreException unusable(String how, IOException e) {
    return new StoreException(
        "The keyset %s cannot be %s: %s (%s). Give this user the rights to it, or set store.keyset."
            .formatted(path.toAbsolutePath(), how, e.getMessage(), e.getClass().getSimpleName()),
        e);
  }

  private void make(String text) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    Path draft = Files.createTempFile(directory, "keyset", ".tmp", PRIVATE);
    try {
      write(draft, text);
      publish(draft);
      keepName(directory);
    } catch (FileAlreadyExistsException e) {
      // another process was first, and its keyset is as good
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** Or a crash could take the name, with data sealed already. */
  private static void keepName(Path directory) throws IOException {
    try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
      entries.force(true);
    }
  }

  private static void write(Path draft, String text) throws IOException {
    try (FileChannel out = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
      while (bytes.hasRemaining()) out.write(bytes);
      out.force(true);
    }
  }

  /** A link, unlike a move, never takes the place of a file that is there. */
  private void publish(Path draft) throws IOException {
    try {
      Files.createLink(path, draft);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (FileSystemException | UnsupportedOperationException e) { // one without links
      Files.move(draft, path);
    }
  }

  private void requirePrivate() throws IOException {
    if (OWNER.containsAll(Files.getPosixFilePermissions(path))) return;
    String file = path.toAbsolutePath().toString();
    throw new StoreException(
        "The keyset %s can be used by others than its owner. Take them the right: chmod 600 %s"
            .formatted(file, file),
        null);
  }
}
