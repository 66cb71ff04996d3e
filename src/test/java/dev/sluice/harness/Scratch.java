package dev.sluice.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Directories for as long as a test or a proof needs them: a gateway leaves 100 MB in each. */
public final class Scratch {
  private Scratch() {}

  /** A new one. */
  public static Path directory() {
    try {
      return Files.createTempDirectory("sluice-scratch");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes one away, with all that is in it. */
  public static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
