package dev.sluice.store.embedded;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files and directories of the user alone whom the gateway runs as: data, and what tells of it. */
final class OwnersAlone {
  private static final Set<PosixFilePermission> ENTER =
      PosixFilePermissions.fromString("rwx------");

  /** Mode 0700. */
  static final FileAttribute<?> DIRECTORY = PosixFilePermissions.asFileAttribute(ENTER);

  /** Mode 0600. */
  static final FileAttribute<?> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private OwnersAlone() {}

  /** The directory, made where it is missing. */
  static Path directory(Path wanted) throws IOException {
    return Files.createDirectories(wanted, DIRECTORY);
  }

  /** The file, made empty where it is missing. */
  static Path file(Path wanted) throws IOException {
    try {
      return Files.createFile(wanted, FILE);
    } catch (FileAlreadyExistsException e) {
      return wanted;
    }
  }

  /** Takes everybody else's rights to a directory that has been there. */
  static void close(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, ENTER);
  }
}
