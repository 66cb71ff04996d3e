package dev.sluice.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sluice.conf.Document;
import java.util.HashMap;
import java.util.Map;

/**
 * What a document's names become among those of all. A document of the user's own knows nothing of
 * the others: where its {@code User} meets another, it goes by {@code document.User}.
 */
final class Renaming {
  private static final String COMPONENTS = "#/components/";
  private static final String PATHS = "#/paths/";

  private final String prefix;
  private final Map<String, String> components = new HashMap<>();

  /** {@code taken} are the components of the documents before it. */
  Renaming(Source source, JsonNode taken) {
    this.prefix = source.document().at("/x-sluice/prefix").asText("");
    if (source.handled()) return;
    for (Map.Entry<String, JsonNode> kind : source.document().at("/components").properties()) {
      for (Map.Entry<String, JsonNode> entry : kind.getValue().properties()) {
        if (!taken.path(kind.getKey()).has(entry.getKey())) continue;
        String name = source.name().replaceAll("[^A-Za-z0-9._-]", "_") + "." + entry.getKey();
        components.put(kind.getKey() + "/" + entry.getKey(), name);
      }
    }
  }

  String path(String path) {
    return prefix + path;
  }

  String component(String kind, String name) {
    return components.getOrDefault(kind + "/" + name, name);
  }

  /** A copy in which everything goes by its new name. */
  JsonNode apply(JsonNode node) {
    if (node instanceof ArrayNode list) {
      ArrayNode copy = JsonNodeFactory.instance.arrayNode();
      list.forEach(item -> copy.add(apply(item)));
      return copy;
    }
    if (!(node instanceof ObjectNode object)) return node;
    ObjectNode copy = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      JsonNode value = entry.getValue();
      switch (entry.getKey()) {
        case "$ref" -> copy.set("$ref", value.isTextual() ? reference(value.asText()) : value);
        case "security" -> copy.set("security", schemes(value));
        case "mapping" -> copy.set("mapping", mapping(value));
        default -> copy.set(entry.getKey(), apply(value));
      }
    }
    return copy;
  }

  private TextNode reference(String ref) {
    if (ref.startsWith(PATHS) && !prefix.isEmpty()) {
      String token = Document.token(prefix).substring(1);
      return TextNode.valueOf(PATHS + token + ref.substring(PATHS.length()));
    }
    if (!ref.startsWith(COMPONENTS)) return TextNode.valueOf(ref);
    String[] steps = ref.substring(COMPONENTS.length()).split("/", 3);
    if (steps.length < 2) return TextNode.valueOf(ref);
    String rest = steps.length > 2 ? "/" + steps[2] : "";
    return TextNode.valueOf(COMPONENTS + steps[0] + "/" + component(steps[0], steps[1]) + rest);
  }

  /** A security requirement names its scheme by a key (OpenAPI 3.1 §4.8.30). */
  JsonNode schemes(JsonNode security) {
    if (!security.isArray()) return apply(security);
    ArrayNode copy = JsonNodeFactory.instance.arrayNode();
    for (JsonNode requirement : security) {
      ObjectNode renamed = copy.addObject();
      for (Map.Entry<String, JsonNode> scheme : requirement.properties()) {
        renamed.set(component("securitySchemes", scheme.getKey()), scheme.getValue());
      }
    }
    return copy;
  }

  /** A discriminator names a schema, or refers to it (OpenAPI 3.1 §4.8.25). */
  private JsonNode mapping(JsonNode mapping) {
    if (!mapping.isObject()) return apply(mapping);
    ObjectNode copy = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> entry : mapping.properties()) {
      String target = entry.getValue().asText();
      boolean named = components.containsKey("schemas/" + target);
      if (named) copy.put(entry.getKey(), component("schemas", target));
      else if (entry.getValue().isTextual()) copy.set(entry.getKey(), reference(target));
      else copy.set(entry.getKey(), apply(entry.getValue()));
    }
    return copy;
  }
}
