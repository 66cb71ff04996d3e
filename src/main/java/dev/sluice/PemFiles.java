package dev.sluice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.conf.Document;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** The PEM files that a configuration names: relative to where the file is that names them. */
final class PemFiles {
  private static final List<String> OF_SERVER = List.of("certificate", "key", "clientCa");
  private static final List<String> OF_UPSTREAM = List.of("ca", "certificate", "key");

  private final Document document;
  private final ObjectNode root;
  private final Path file;
  private final Path home;

  private PemFiles(Document document, Path file, Path home) {
    this.document = document;
    this.root = document.root().deepCopy();
    this.file = file;
    this.home = home;
  }

  /**
   * The configuration with the paths as the process can use them. What the environment says is
   * relative to the directory the process was started in.
   *
   * @param file the user's
   * @param home the directory it is in
   */
  static Document found(Document document, Path file, Path home) {
    PemFiles files = new PemFiles(document, file, home);
    files.place("/server/tls", OF_SERVER);
    files.place("/providers/smtp", List.of("ca"));
    files.place("/webhooks", List.of("ca"));
    files.place("/push", List.of("ca"));
    document
        .at("/upstreams")
        .fieldNames()
        .forEachRemaining(
            name -> files.place("/upstreams" + Document.token(name) + "/tls", OF_UPSTREAM));
    return new Document(document.file(), files.root, document.places());
  }

  private void place(String section, List<String> keys) {
    if (!(root.at(section) instanceof ObjectNode tls)) return;
    for (String key : keys) {
      JsonNode named = tls.path(key);
      String place = document.places().getOrDefault(section + "/" + key, "");
      boolean ours = named.isTextual() && !named.asText().isEmpty();
      if (ours && place.startsWith(file + ":")) tls.put(key, resolved(named.asText()));
    }
  }

  /** What is no path at all is left for those who read it to refuse. */
  private String resolved(String name) {
    try {
      return home.resolve(name).toString();
    } catch (InvalidPathException e) {
      return name;
    }
  }
}
