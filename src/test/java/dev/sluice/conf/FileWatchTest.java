package dev.sluice.conf;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {
  @TempDir Path dir;
  private Path file;
  private FileWatch watch;

  @BeforeEach
  void start() throws IOException {
    file = Files.writeString(dir.resolve("a.yaml"), "a");
    watch = new FileWatch(() -> List.of(file));
  }

  @Test
  void aChangeIsToldOnceWhenItHasComeToRest() throws IOException {
    assertFalse(watch.hasChanged());
    Files.writeString(file, "b");
    assertFalse(watch.hasChanged(), "it may not be whole yet");
    Files.writeString(file, "bc");
    assertFalse(watch.hasChanged());
    assertTrue(watch.hasChanged());
    assertFalse(watch.hasChanged());
  }

  @Test
  void whatIsWrittenAgainAsItWasIsNoChange() throws IOException {
    Files.writeString(file, "a");
    for (int i = 0; i < 3; i++) assertFalse(watch.hasChanged());
    Files.writeString(file, "b");
    assertFalse(watch.hasChanged());
    Files.writeString(file, "a");
    for (int i = 0; i < 3; i++) assertFalse(watch.hasChanged());
  }

  @Test
  void aFileThatIsReplacedIsSeen() throws IOException {
    Path fresh = Files.writeString(dir.resolve("fresh"), "b");
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    assertFalse(watch.hasChanged());
    assertTrue(watch.hasChanged());
  }

  @Test
  void aFileThatIsMissingForAMomentIsNoChangeUntilItIsBack() throws IOException {
    Files.delete(file);
    for (int i = 0; i < 4; i++) assertFalse(watch.hasChanged());
    Files.writeString(file, "a");
    for (int i = 0; i < 3; i++) assertFalse(watch.hasChanged());
    Files.delete(file);
    for (int i = 0; i < 4; i++) assertFalse(watch.hasChanged());
    assertTrue(watch.hasChanged(), "that is more than a moment");
    assertFalse(watch.hasChanged());
  }

  @Test
  void aLinkThatPointsElsewhereIsSeen() throws IOException {
    Path one = Files.writeString(dir.resolve("one"), "1");
    Path two = Files.writeString(dir.resolve("two"), "2");
    Path link = Files.createSymbolicLink(dir.resolve("link"), one);
    watch = new FileWatch(() -> List.of(link));
    Files.delete(link);
    Files.createSymbolicLink(link, two);
    assertFalse(watch.hasChanged());
    assertTrue(watch.hasChanged());
  }

  @Test
  void aDirectoryIsItsFiles() throws IOException {
    Path apis = Files.createDirectory(dir.resolve("apis"));
    watch = new FileWatch(() -> List.of(file, apis));
    Path added = Files.writeString(apis.resolve("x.yaml"), "x");
    assertFalse(watch.hasChanged());
    assertTrue(watch.hasChanged());
    Files.writeString(added, "y");
    assertFalse(watch.hasChanged());
    assertTrue(watch.hasChanged());
    Files.delete(added);
    assertFalse(watch.hasChanged());
    assertTrue(watch.hasChanged());
  }

  @Test
  void whatIsAcknowledgedIsKnown() throws IOException {
    Files.writeString(file, "b");
    assertFalse(watch.hasChanged());
    watch.acknowledge();
    for (int i = 0; i < 3; i++) assertFalse(watch.hasChanged());
  }
}
