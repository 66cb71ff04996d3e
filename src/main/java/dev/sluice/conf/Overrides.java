package dev.sluice.conf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the environment says: {@code ${VAR}} and {@code ${VAR:-default}} inside values, and {@code
 * SLUICE_SECTION_KEY} for any setting. With {@code _FILE} at the end of its name a variable names a
 * file that holds the value, as secrets are mounted.
 */
public final class Overrides {
  private static final String PREFIX = "SLUICE_";
  private static final String FILE = "_FILE";
  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}");

  private final Map<String, String> environment;
  private final List<String> mistakes = new ArrayList<>();

  private Overrides(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The document with both kinds applied; {@code mistakes} gets what is wrong with them. */
  public static Document apply(
      Document document, Map<String, String> environment, List<String> mistakes) {
    Overrides overrides = new Overrides(environment);
    JsonNode filled = overrides.fill(document, document.root(), "");
    Document whole = overrides.named(new Document(document.file(), filled, document.places()));
    mistakes.addAll(overrides.mistakes);
    return whole;
  }

  /** One text with its variables filled in; {@code mistake} is told of those that are not set. */
  public static String fill(
      String text, Map<String, String> environment, Consumer<String> mistake) {
    Overrides overrides = new Overrides(environment);
    String filled = overrides.fill(text, mistake);
    overrides.mistakes.forEach(mistake);
    return filled;
  }

  private JsonNode fill(Document document, JsonNode node, String pointer) {
    if (node instanceof ObjectNode object) {
      ObjectNode filled = JsonNodeFactory.instance.objectNode();
      object
          .properties()
          .forEach(
              e -> {
                String at = pointer + Document.token(e.getKey());
                filled.set(e.getKey(), fill(document, e.getValue(), at));
              });
      return filled;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode filled = JsonNodeFactory.instance.arrayNode();
      array.forEach(item -> filled.add(fill(document, item, pointer + "/" + filled.size())));
      return filled;
    }
    return node.isTextual() && node.asText().contains("${")
        ? TextNode.valueOf(fill(document, node.asText(), pointer))
        : node;
  }

  private String fill(Document document, String text, String pointer) {
    return fill(text, reason -> mistakes.add(document.mistake(pointer, reason)));
  }

  private String fill(String text, Consumer<String> mistake) {
    return VARIABLE
        .matcher(text)
        .replaceAll(
            m -> {
              String value = value(m.group(1));
              boolean unset = value == null || value.isEmpty(); // as shells read :-
              if (unset && m.group(2) != null) value = m.group(2);
              if (value == null) {
                mistake.accept("${" + m.group(1) + "} is not set in the environment");
                value = "";
              }
              return Matcher.quoteReplacement(value);
            });
  }

  /** A variable's value, or the content of the file that VAR_FILE names. */
  private String value(String variable) {
    String value = environment.get(variable);
    String file = environment.get(variable + FILE);
    return value != null || file == null ? value : content(variable + FILE, file);
  }

  private String content(String variable, String file) {
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException | RuntimeException e) {
      mistakes.add("environment: " + variable + ": cannot read " + file);
      return "";
    }
  }

  private Document named(Document document) {
    Map<String, String> pointers = new HashMap<>();
    leaves(document.root(), "", pointers);
    ObjectNode root = document.root().deepCopy();
    Map<String, String> places = new HashMap<>(document.places());
    for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
      if (!variable.getKey().startsWith(PREFIX)) continue;
      String pointer = pointers.get(plain(variable.getKey().substring(PREFIX.length())));
      String value = variable.getValue();
      if (pointer == null && variable.getKey().endsWith(FILE)) {
        String name = variable.getKey().substring(PREFIX.length());
        pointer = pointers.get(plain(name.substring(0, name.length() - FILE.length())));
        if (pointer != null) value = content(variable.getKey(), variable.getValue());
      }
      if (pointer == null) {
        mistakes.add(unknown(variable.getKey(), pointers));
        continue;
      }
      set(root, pointer, value);
      places.put(pointer, "environment: " + variable.getKey());
    }
    return new Document(document.file(), root, places);
  }

  private static String unknown(String variable, Map<String, String> pointers) {
    List<String> names =
        pointers.values().stream().map(p -> PREFIX + p.substring(1).replace('/', '_')).toList();
    String hint =
        Nearest.find(variable, names)
            .map(near -> "; did you mean " + near.toUpperCase(Locale.ROOT) + "?")
            .orElse("; names are SLUICE_SECTION_KEY");
    return "environment: " + variable + " is not a setting" + hint;
  }

  private static void leaves(JsonNode node, String pointer, Map<String, String> into) {
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(e -> leaves(e.getValue(), pointer + Document.token(e.getKey()), into));
    } else {
      into.put(plain(pointer.replace('/', '_')), pointer);
    }
  }

  /** Names are compared without underscores: maxBody is SLUICE_SERVER_MAXBODY or _MAX_BODY. */
  private static String plain(String name) {
    return name.replace("_", "").toUpperCase(Locale.ROOT);
  }

  private static void set(ObjectNode root, String pointer, String value) {
    int cut = pointer.lastIndexOf('/');
    ObjectNode parent = (ObjectNode) (cut == 0 ? root : root.at(pointer.substring(0, cut)));
    String key = pointer.substring(cut + 1).replace("~1", "/").replace("~0", "~");
    JsonNode old = parent.get(key);
    if (old != null && old.isArray()) {
      ArrayNode list = parent.putArray(key);
      for (String item : value.split(",")) if (!item.isBlank()) list.add(item.trim());
    } else if (old != null && old.isTextual()) {
      parent.put(key, value);
    } else {
      parent.set(key, Document.scalar(value));
    }
  }
}
