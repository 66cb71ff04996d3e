package dev.sluice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.conf.Document;
import dev.sluice.conf.FileWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The {@code apis} setting, once it has been looked up: the user's own OpenAPI documents. It names
 * a directory, or a list of files and directories, relative to where the configuration file is.
 *
 * @param documents the files, in the order they are mounted, each with what tells its content
 * @param watched what a change of concerns this configuration: its own file, the documents, and the
 *     directories they stand in
 * @param environment what {@code ${VAR}} in them is taken from
 */
record Apis(Map<String, String> documents, List<String> watched, Map<String, String> environment) {
  private static final String USUAL = "apis";
  private static final Path USUAL_HOME = Path.of("conf");

  /** The environment has secrets in it. */
  @Override
  public String toString() {
    return "Apis" + documents.keySet();
  }

  /**
   * The configuration with what {@code apis} leads to in the place of what it says. What is not
   * there is a mistake; only the usual directory may be missing.
   *
   * @param file the user's, or null
   */
  static Document found(
      Document document, Path file, Map<String, String> environment, List<String> mistakes) {
    Search search = new Search(document, home(file), mistakes);
    if (file != null) search.watched.add(file.toString());
    JsonNode named = document.at("/apis");
    if (named.isTextual()) search.look(named.asText(), "/apis");
    else if (named.isArray()) {
      for (int i = 0; i < named.size(); i++) search.look(named.get(i).asText(), "/apis/" + i);
    } else search.wrong("/apis", "apis must be a directory, or a list of files");
    ObjectNode root = document.root().deepCopy();
    ObjectNode apis = root.putObject("apis");
    ObjectNode documents = apis.putObject("documents");
    search.documents.forEach(documents::put);
    search.watched.forEach(apis.putArray("watched")::add);
    ObjectNode variables = apis.putObject("environment");
    environment.forEach(variables::put);
    return new Document(document.file(), root, document.places());
  }

  /** The directory that what a configuration file names is relative to. */
  static Path home(Path file) {
    if (file == null) return USUAL_HOME;
    if (file.isAbsolute()) return file.getParent();
    return file.getParent() == null ? Path.of("") : file.getParent();
  }

  /** What has been found so far. */
  private static final class Search {
    final Map<String, String> documents = new LinkedHashMap<>();
    final List<String> watched = new ArrayList<>();
    private final Document document;
    private final Path home;
    private final List<String> mistakes;

    Search(Document document, Path home, List<String> mistakes) {
      this.document = document;
      this.home = home;
      this.mistakes = mistakes;
    }

    void look(String name, String pointer) {
      Path path = home.resolve(name);
      if (Files.isDirectory(path)) {
        watched.add(path.toString());
        directory(path, pointer);
      } else if (Files.exists(path)) {
        add(path);
      } else if (name.equals(USUAL)) {
        watched.add(path.toString());
      } else {
        wrong(pointer, "apis: there is no file or directory " + path);
      }
    }

    private void directory(Path path, String pointer) {
      try (Stream<Path> files = Files.list(path)) {
        files.filter(Search::isDocument).sorted().forEach(this::add);
      } catch (IOException e) {
        wrong(pointer, "apis: cannot list " + path + " (" + e.getMessage() + ")");
      }
    }

    private static boolean isDocument(Path file) {
      String name = file.getFileName().toString();
      return !name.startsWith(".") && name.matches(".*\\.(yaml|yml|json)");
    }

    private void add(Path file) {
      documents.put(file.toString(), FileWatch.content(file));
      watched.add(file.toString());
    }

    void wrong(String pointer, String reason) {
      mistakes.add(document.mistake(pointer, reason));
    }
  }
}
