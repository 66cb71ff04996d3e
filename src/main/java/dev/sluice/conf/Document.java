package dev.sluice.conf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A YAML document that remembers the line each value stands on. Plain scalars are read by the YAML
 * 1.2 core schema (so {@code on} and {@code no} are text); a key given twice is an error.
 *
 * @param file the name that errors give
 * @param root the content
 * @param places {@code file:line}, by JSON pointer; those of a merged document are of several files
 */
public record Document(String file, JsonNode root, Map<String, String> places) {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]{1,18}");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
  private static final Pattern ESCAPED = Pattern.compile("\\\\.");
  private static final int MAX_NODES = 1_000_000;
  private static final int MAX_DEPTH = 100;

  /** Reads a file; an error says what to do about it. */
  public static Document read(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      boolean json = file.toString().endsWith(".json");
      return parse(file.toString(), json ? yaml(text) : text);
    } catch (NoSuchFileException e) {
      throw new InvalidConfiguration(file + ": there is no such file");
    } catch (CharacterCodingException e) {
      throw new InvalidConfiguration(file + ": is not UTF-8 text");
    } catch (IOException e) {
      throw new InvalidConfiguration(file + ": cannot be read (" + e.getMessage() + ")");
    }
  }

  /**
   * JSON as the YAML that it nearly is: which is not indented with tabs, of which no string of JSON
   * has a bare one, and knows no escaped slash (RFC 8259 §7).
   */
  private static String yaml(String json) {
    return ESCAPED
        .matcher(json.replace('\t', ' '))
        .replaceAll(m -> m.group().equals("\\/") ? "/" : Matcher.quoteReplacement(m.group()));
  }

  public static Document parse(String file, String text) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(16 * 1024 * 1024);
    try {
      Node node = new Yaml(options).compose(new StringReader(text));
      Map<String, String> places = new HashMap<>();
      Reader reader = new Reader(file, places);
      JsonNode root = node == null ? NODES.objectNode() : reader.read(node, "", 0);
      if (!reader.mistakes.isEmpty()) throw new InvalidConfiguration(reader.mistakes);
      return new Document(file, root, places);
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      throw new InvalidConfiguration(file + ":" + line + ": is not YAML: " + e.getProblem());
    } catch (YAMLException e) {
      throw new InvalidConfiguration(file + ": is not YAML: " + e.getMessage());
    }
  }

  /** The node at a JSON pointer; a missing node where there is none. */
  public JsonNode at(String pointer) {
    return pointer.isEmpty() ? root : root.at(pointer);
  }

  /** {@code file:line: reason} for the value at a pointer, or the nearest one around it. */
  public String mistake(String pointer, String reason) {
    for (String p = pointer; !p.isEmpty(); p = p.substring(0, p.lastIndexOf('/'))) {
      String place = places.get(p);
      if (place != null) return place + ": " + reason;
    }
    return file + ": " + reason;
  }

  /**
   * This document with another laid over it: objects are joined, anything else is replaced; a key
   * without a value changes nothing.
   */
  public Document overlay(Document over) {
    if (!over.root.isObject() && !over.root.isNull()) {
      throw new InvalidConfiguration(over.file + ": must hold keys and values");
    }
    Map<String, String> joined = new HashMap<>(places);
    joined.putAll(over.places);
    return new Document(over.file, merge(root, over.root), joined);
  }

  private static JsonNode merge(JsonNode base, JsonNode over) {
    if (over.isNull()) return base;
    if (!(base instanceof ObjectNode) || !(over instanceof ObjectNode)) return over;
    ObjectNode merged = base.deepCopy();
    over.properties()
        .forEach(
            e ->
                merged.set(
                    e.getKey(),
                    merged.has(e.getKey())
                        ? merge(merged.get(e.getKey()), e.getValue())
                        : e.getValue()));
    return merged;
  }

  /** A key as one token of a JSON pointer (RFC 6901 §3). */
  public static String token(String key) {
    return "/" + key.replace("~", "~0").replace("/", "~1");
  }

  /** Turns composed YAML nodes into JSON, noting the lines. */
  private static final class Reader {
    private final String file;
    private final Map<String, String> places;
    private final List<String> mistakes = new ArrayList<>();
    private int nodes;

    Reader(String file, Map<String, String> places) {
      this.file = file;
      this.places = places;
    }

    /** An alias may stand inside what it names: only the depth ends that. */
    JsonNode read(Node node, String pointer, int depth) {
      String place = file + ":" + (node.getStartMark().getLine() + 1);
      places.putIfAbsent(pointer, place);
      if (++nodes > MAX_NODES) throw new InvalidConfiguration(file + ": is too large");
      if (depth > MAX_DEPTH) throw new InvalidConfiguration(place + ": is nested too deeply");
      if (node instanceof MappingNode mapping) return object(mapping, pointer, depth + 1);
      if (node instanceof SequenceNode sequence) return array(sequence, pointer, depth + 1);
      return scalar((ScalarNode) node);
    }

    private ObjectNode object(MappingNode mapping, String pointer, int depth) {
      ObjectNode object = NODES.objectNode();
      for (NodeTuple entry : mapping.getValue()) {
        int line = entry.getKeyNode().getStartMark().getLine() + 1;
        if (!(entry.getKeyNode() instanceof ScalarNode key)) {
          mistakes.add(file + ":" + line + ": a key must be plain text");
          continue;
        }
        String name = key.getValue();
        if (object.has(name)) {
          mistakes.add(file + ":" + line + ": \"" + name + "\" is given twice");
          continue;
        }
        places.put(pointer + token(name), file + ":" + line);
        object.set(name, read(entry.getValueNode(), pointer + token(name), depth));
      }
      return object;
    }

    private ArrayNode array(SequenceNode sequence, String pointer, int depth) {
      ArrayNode array = NODES.arrayNode();
      for (Node item : sequence.getValue()) {
        array.add(read(item, pointer + "/" + array.size(), depth));
      }
      return array;
    }

    private JsonNode scalar(ScalarNode node) {
      boolean plain = node.getScalarStyle() == ScalarStyle.PLAIN;
      return plain ? Document.scalar(node.getValue()) : NODES.textNode(node.getValue());
    }
  }

  /** A plain scalar by the YAML 1.2 core schema (§10.3.2). */
  public static JsonNode scalar(String text) {
    return switch (text) {
      case "", "~", "null", "Null", "NULL" -> NODES.nullNode();
      case "true", "True", "TRUE" -> NODES.booleanNode(true);
      case "false", "False", "FALSE" -> NODES.booleanNode(false);
      default -> {
        if (INTEGER.matcher(text).matches()) yield NODES.numberNode(Long.parseLong(text));
        if (DECIMAL.matcher(text).matches()) yield NODES.numberNode(Double.parseDouble(text));
        yield NODES.textNode(text);
      }
    };
  }
}
