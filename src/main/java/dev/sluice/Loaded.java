package dev.sluice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.conf.Binding;
import dev.sluice.conf.Document;
import dev.sluice.conf.Overrides;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A configuration as it was read.
 *
 * @param document all of it, every override applied, with the places its values come from
 * @param settings what it says
 */
record Loaded(Document document, Settings settings) {
  private static final String DEFAULTS = "conf/sluice.yaml";

  /** As {@link Settings#load}. */
  static Loaded of(Path file, Map<String, String> environment, Map<String, JsonNode> arguments) {
    Document document = defaults();
    if (file != null) document = document.overlay(Document.read(file));
    document = Overrides.apply(document, environment).overlay(of(arguments));
    document = Apis.found(document, file, environment);
    return new Loaded(document, Binding.bind(document, "", Settings.class));
  }

  private static Document defaults() {
    try (InputStream in = Settings.class.getResourceAsStream("/" + DEFAULTS)) {
      return Document.parse(DEFAULTS, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Document of(Map<String, JsonNode> arguments) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    arguments.forEach(
        (pointer, value) -> {
          ObjectNode parent = root;
          String[] keys = pointer.substring(1).split("/");
          for (int i = 0; i < keys.length - 1; i++) parent = parent.withObjectProperty(keys[i]);
          parent.set(keys[keys.length - 1], value);
        });
    Map<String, String> places = new HashMap<>();
    arguments.keySet().forEach(pointer -> places.put(pointer, "command line"));
    return new Document("configuration", root, places);
  }
}
