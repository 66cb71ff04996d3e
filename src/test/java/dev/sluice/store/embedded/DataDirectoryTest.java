package dev.sluice.store.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir Path temp;

  @Test
  void isMadeWhenMissing() throws IOException {
    try (DataDirectory directory = DataDirectory.lock(temp.resolve("a/b c"))) {
      assertTrue(Files.isDirectory(directory.path()));
    }
  }

  @Test
  void isOfItsOwnerAlone() throws IOException {
    Path data = temp.resolve("data");
    DataDirectory.lock(data).close();
    assertEquals("rwx------", mode(data));
    assertEquals("rw-------", mode(data.resolve("sluice.lock")));
    open(data); // as an older version left it
    DataDirectory.lock(data).close();
    assertEquals("rwx------", mode(data));
    Path prepared = open(Files.createDirectory(temp.resolve("prepared")));
    DataDirectory.lock(prepared).close();
    assertEquals("rwx------", mode(prepared));
  }

  @Test
  void aDirectoryOfOthersIsLeftAsItIs() throws IOException {
    Path shared = open(Files.createDirectory(temp.resolve("shared")));
    Files.writeString(shared.resolve("theirs"), "");
    DataDirectory.lock(shared).close();
    assertEquals("rwxr-xr-x", mode(shared));
    assertEquals("rw-------", mode(shared.resolve("sluice.lock")));
  }

  private static Path open(Path directory) throws IOException {
    return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void refusesASecondHolderAndNamesTheFirst() throws IOException {
    try (DataDirectory first = DataDirectory.lock(temp)) {
      IOException refused = assertThrows(IOException.class, () -> DataDirectory.lock(temp));
      assertTrue(refused.getMessage().contains(temp.toString()), refused.getMessage());
      assertTrue(
          refused.getMessage().contains("pid " + ProcessHandle.current().pid()),
          refused.getMessage());
      assertTrue(refused.getMessage().contains("--data"), refused.getMessage());
      assertEquals(temp.toRealPath(), first.path());
    }
  }

  @Test
  void canBeTakenAgainOnceGivenBack() throws IOException {
    DataDirectory first = DataDirectory.lock(temp);
    first.close();
    first.close();
    DataDirectory.lock(temp).close();
  }

  @Test
  void saysWhyItCannotBeUsed() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "");
    IOException refused =
        assertThrows(IOException.class, () -> DataDirectory.lock(file.resolve("data")));
    assertTrue(refused.getMessage().contains("cannot be used"), refused.getMessage());
    assertTrue(refused.getMessage().contains(file.toString()), refused.getMessage());
  }
}
