package dev.sluice.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.conf.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Joins the apps' documents into the one that clients read. */
final class Publication {
  private Publication() {}

  static ObjectNode merge(Map<String, Document> documents, List<String> mistakes) {
    ObjectNode whole = JsonNodeFactory.instance.objectNode().put("openapi", "3.1.0");
    whole
        .putObject("info")
        .put("title", "Sluice")
        .put("version", "1")
        .put("description", "Every operation mounted on this gateway.");
    ObjectNode paths = whole.putObject("paths");
    ObjectNode components = whole.putObject("components");
    for (Document document : documents.values()) {
      document.at("/paths").properties().forEach(e -> addPath(paths, e.getKey(), e.getValue()));
      document
          .at("/components")
          .properties()
          .forEach(kind -> addComponents(components, kind, document, mistakes));
    }
    return whole;
  }

  private static void addPath(ObjectNode paths, String path, JsonNode item) {
    ObjectNode target = paths.has(path) ? (ObjectNode) paths.get(path) : paths.putObject(path);
    item.properties()
        .forEach(
            e -> {
              JsonNode value = e.getValue().deepCopy();
              if (value instanceof ObjectNode operation) sayChoice(operation);
              target.set(e.getKey(), value);
            });
  }

  /** Takes out the policy; what of it clients must know, the description says. */
  private static void sayChoice(ObjectNode operation) {
    JsonNode policy = operation.remove("x-sluice");
    if (policy == null || policy.path("exactlyOneOf").isEmpty()) return;
    List<String> names = new ArrayList<>();
    policy.get("exactlyOneOf").forEach(name -> names.add(name.asText()));
    String before = operation.path("description").asText();
    String choice = "Give exactly one of " + String.join(", ", names) + ".";
    operation.put("description", (before + " " + choice).trim());
  }

  private static void addComponents(
      ObjectNode components,
      Map.Entry<String, JsonNode> kind,
      Document document,
      List<String> mistakes) {
    ObjectNode target = components.withObjectProperty(kind.getKey());
    kind.getValue()
        .properties()
        .forEach(
            e -> {
              JsonNode other = target.get(e.getKey());
              if (other == null) target.set(e.getKey(), e.getValue());
              else if (!other.equals(e.getValue())) {
                String pointer = "/components/" + kind.getKey() + Document.token(e.getKey());
                mistakes.add(
                    document.mistake(
                        pointer, e.getKey() + " differs from another document's; rename it"));
              }
            });
  }
}
