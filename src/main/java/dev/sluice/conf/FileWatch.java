package dev.sluice.conf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Tells when what stands in files and directories has changed, and has come to rest: by content, so
 * that it makes no difference whether a file is written anew, replaced, or reached by a symbolic
 * link that now points elsewhere. Blocking; not thread-safe.
 */
public final class FileWatch {
  private static final String MISSING = "missing";
  private static final int LOOKS = 2;
  private static final int LOOKS_AT_NOTHING = 5;

  private final Supplier<List<Path>> paths;
  private String known;
  private String seen;
  private int looks;

  /** Of files, and of directories with the files right in them; what is there now is known. */
  public FileWatch(Supplier<List<Path>> paths) {
    this.paths = paths;
    known = look();
  }

  /** What is there now is known. */
  public void acknowledge() {
    known = look();
    seen = null;
  }

  /**
   * To be called now and then. True once for each change, when two looks in a row have seen the
   * same; where a file is missing, five, for it may just be on its way.
   */
  public boolean hasChanged() {
    String now = look();
    if (now.equals(known)) {
      seen = null;
      return false;
    }
    looks = now.equals(seen) ? looks + 1 : 1;
    seen = now;
    if (looks < (isGone(now) ? LOOKS_AT_NOTHING : LOOKS)) return false;
    known = now;
    return true;
  }

  /** Whether something is missing now that was there. */
  private boolean isGone(String now) {
    return now.split(MISSING, -1).length > known.split(MISSING, -1).length;
  }

  private String look() {
    StringBuilder all = new StringBuilder();
    for (Path path : paths.get()) all.append(path).append('=').append(look(path)).append('\n');
    return all.toString();
  }

  private static String look(Path path) {
    if (!Files.isDirectory(path)) return content(path);
    try (Stream<Path> files = Files.list(path)) {
      StringBuilder all = new StringBuilder("[");
      for (Path file : files.sorted().toList()) {
        if (Files.isRegularFile(file)) {
          all.append(file.getFileName()).append('=').append(content(file)).append(' ');
        }
      }
      return all.append(']').toString();
    } catch (IOException e) {
      return MISSING;
    }
  }

  /** What tells one content of a file from another. */
  public static String content(Path file) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    } catch (IOException e) {
      return MISSING;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
