package dev.sluice.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.conf.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Joins all documents into the one that clients read. */
final class Publication {
  private final ObjectNode whole = JsonNodeFactory.instance.objectNode().put("openapi", "3.1.0");
  private final ObjectNode paths;
  private final ObjectNode components;
  private final List<String> mistakes;

  private Publication(List<String> mistakes) {
    this.mistakes = mistakes;
    whole
        .putObject("info")
        .put("title", "Sluice")
        .put("version", "1")
        .put("description", "Every operation mounted on this gateway.");
    paths = whole.putObject("paths");
    components = whole.putObject("components");
  }

  static ObjectNode merge(List<Source> sources, List<String> mistakes) {
    Publication publication = new Publication(mistakes);
    sources.forEach(publication::add);
    return publication.whole;
  }

  private void add(Source source) {
    Renaming names = new Renaming(source, components);
    JsonNode root = source.document().root();
    JsonNode security = names.schemes(root.path("security"));
    for (Map.Entry<String, JsonNode> path : root.path("paths").properties()) {
      addPath(names.path(path.getKey()), names.apply(path.getValue()), security);
    }
    root.path("components").properties().forEach(kind -> addComponents(kind, source, names));
    if (root.path("tags").isArray()) {
      root.path("tags").forEach(tag -> whole.withArrayProperty("tags").add(tag));
    }
  }

  private void addPath(String path, JsonNode item, JsonNode security) {
    ObjectNode target = paths.has(path) ? (ObjectNode) paths.get(path) : paths.putObject(path);
    for (Map.Entry<String, JsonNode> entry : item.properties()) {
      if (entry.getKey().equals("servers")) continue; // this gateway is the server
      if (entry.getValue() instanceof ObjectNode operation) publish(operation, security);
      target.set(entry.getKey(), entry.getValue());
    }
  }

  /** Takes out the policy; what of it clients must know, the description says. */
  private static void publish(ObjectNode operation, JsonNode security) {
    operation.remove("servers");
    if (security.isArray() && !operation.has("security")) operation.set("security", security);
    JsonNode policy = operation.remove("x-sluice");
    if (policy == null || policy.path("exactlyOneOf").isEmpty()) return;
    List<String> names = new ArrayList<>();
    policy.get("exactlyOneOf").forEach(name -> names.add(name.asText()));
    String before = operation.path("description").asText();
    String choice = "Give exactly one of " + String.join(", ", names) + ".";
    operation.put("description", (before + " " + choice).trim());
  }

  private void addComponents(Map.Entry<String, JsonNode> kind, Source source, Renaming names) {
    ObjectNode target = components.withObjectProperty(kind.getKey());
    for (Map.Entry<String, JsonNode> entry : kind.getValue().properties()) {
      String name = names.component(kind.getKey(), entry.getKey());
      JsonNode value = names.apply(entry.getValue());
      JsonNode other = target.get(name);
      if (other == null) {
        target.set(name, value);
      } else if (!other.equals(value)) {
        String pointer = "/components/" + kind.getKey() + Document.token(entry.getKey());
        mistakes.add(
            source
                .document()
                .mistake(pointer, name + " differs from another document's; rename it"));
      }
    }
  }
}
