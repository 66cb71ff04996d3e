package dev.sluice.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The migration scripts of one place on the class path. */
record Scripts(String location) {

  /** A digest of all names and contents: the same only if nothing was added or changed. Blocks. */
  String fingerprint() throws IOException {
    Map<String, byte[]> contents = new TreeMap<>();
    for (URL root : Collections.list(Scripts.class.getClassLoader().getResources(location))) {
      if (root.openConnection() instanceof JarURLConnection jar) {
        readJar(jar, contents);
      } else {
        readDirectory(Path.of(URI.create(root.toString())), contents);
      }
    }
    MessageDigest digest = sha256();
    contents.forEach(
        (name, content) -> {
          digest.update((name + '\n' + content.length + '\n').getBytes(StandardCharsets.UTF_8));
          digest.update(content);
        });
    return HexFormat.of().formatHex(digest.digest());
  }

  private void readJar(JarURLConnection jar, Map<String, byte[]> contents) throws IOException {
    String prefix = location + "/";
    for (var entry : Collections.list(jar.getJarFile().entries())) {
      if (entry.getName().startsWith(prefix) && !entry.isDirectory()) {
        try (InputStream in = jar.getJarFile().getInputStream(entry)) {
          contents.put(entry.getName().substring(prefix.length()), in.readAllBytes());
        }
      }
    }
  }

  private static void readDirectory(Path root, Map<String, byte[]> contents) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        contents.put(root.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JRE has it
    }
  }
}
