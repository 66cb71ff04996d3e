package dev.sluice.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Supplier;

/** The file that a keyset is kept in; of nobody but its owner. */
final class KeysetFile {
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");
  private static final FileAttribute<?> PRIVATE = PosixFilePermissions.asFileAttribute(OWNER);

  private final Path path;

  KeysetFile(Path path) {
    this.path = path;
  }

  /** What it holds; where it is missing it is made first, and of two who make it one wins. */
  String read(Supplier<String> fresh) {
    try {
      if (Files.notExists(path)) make(fresh.get());
      requirePrivate();
      return Files.readString(path);
    } catch (IOException e) {
      throw new StoreException(
          "The keyset %s cannot be read or made: %s (%s). Give this user the rights to it, or set store.keyset."
              .formatted(path.toAbsolutePath(), e.getMessage(), e.getClass().getSimpleName()),
          e);
    }
  }

  private void make(String text) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    Path draft = Files.createTempFile(directory, "keyset", ".tmp", PRIVATE);
    try {
      write(draft, text);
      publish(draft);
      try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
        entries.force(true); // or a crash could take the name, with data sealed already
      }
    } catch (FileAlreadyExistsException e) {
      // another process was first, and its keyset is as good
    } finally {
      Files.deleteIfExists(draft);
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
