package dev.sluice.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.conf.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Joins all documents into the one that clients read. */
final class Publication {
  private static final String TOKEN = "token";

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
    Usual usual = new Usual(security, root.path("x-sluice"));
    for (Map.Entry<String, JsonNode> path : root.path("paths").properties()) {
      addPath(names.path(path.getKey()), names.apply(path.getValue()), usual);
    }
    root.path("components").properties().forEach(kind -> addComponents(kind, source, names));
    if (root.path("tags").isArray()) {
      root.path("tags").forEach(tag -> whole.withArrayProperty("tags").add(tag));
    }
  }

  /** What holds for operations that say nothing of their own. */
  private record Usual(JsonNode security, JsonNode policy) {}

  private void addPath(String path, JsonNode item, Usual usual) {
    ObjectNode target = paths.has(path) ? (ObjectNode) paths.get(path) : paths.putObject(path);
    for (Map.Entry<String, JsonNode> entry : item.properties()) {
      if (entry.getKey().equals("servers")) continue; // this gateway is the server
      if (entry.getValue() instanceof ObjectNode operation) {
        publish(operation, usual, entry.getKey().equals("get"));
      }
      target.set(entry.getKey(), entry.getValue());
    }
  }

  /** Takes out the policy; what of it clients must know, the description says. */
  private void publish(ObjectNode operation, Usual usual, boolean get) {
    operation.remove("servers");
    if (usual.security.isArray() && !operation.has("security")) {
      operation.set("security", usual.security);
    }
    JsonNode policy = operation.remove("x-sluice");
    JsonNode own = policy == null ? MissingNode.getInstance() : policy;
    secure(operation, said(own, usual, "auth"));
    JsonNode parameters = operation.path("parameters");
    boolean sane = parameters.isMissingNode() || parameters.isArray();
    if (!get && sane) keys(operation, own, usual);
    if (policy == null || policy.path("exactlyOneOf").isEmpty()) return;
    List<String> names = new ArrayList<>();
    policy.get("exactlyOneOf").forEach(name -> names.add(name.asText()));
    String before = operation.path("description").asText();
    String choice = "Give exactly one of " + String.join(", ", names) + ".";
    operation.put("description", (before + " " + choice).trim());
  }

  private static String said(JsonNode own, Usual usual, String key) {
    return own.path(key).asText(usual.policy.path(key).asText(""));
  }

  /** The fields that an operation heeds because of its policy. */
  private static void keys(ObjectNode operation, JsonNode own, Usual usual) {
    String key = said(own, usual, "idempotency");
    if (!key.isEmpty()) {
      String what = "Repeats of a call go by the same key, and have one effect.";
      field(operation, "Idempotency-Key", what)
          .put("required", key.equalsIgnoreCase("required"))
          .putObject("schema")
          .put("type", "string")
          .put("minLength", 1)
          .put("maxLength", 255);
    }
    if (said(own, usual, "async").equals("true")) {
      String what = "respond-async: the call is answered 202, and done later as a job.";
      field(operation, "Prefer", what).putObject("schema").put("type", "string");
      accepted(operation);
    }
  }

  /** What a call that is put off is answered (RFC 7240 §4.1). */
  private static void accepted(ObjectNode operation) {
    if (operation.path("responses").has("202")) return;
    ObjectNode response = operation.withObject("/responses/202");
    response.put("description", "It is kept, and done later; Location says how it stands.");
    response.withObject("/headers/Location/schema").put("type", "string");
    ObjectNode body = response.withObject("/content/application~1json/schema");
    body.put("type", "object").putArray("required").add("id").add("operation").add("state");
    body.withObject("/properties/id").put("type", "string").put("format", "uuid");
    body.withObject("/properties/operation").put("type", "string");
    body.withObject("/properties/state").put("const", "waiting");
  }

  private static ObjectNode field(ObjectNode operation, String name, String description) {
    ArrayNode parameters = operation.withArrayProperty("parameters");
    for (JsonNode declared : parameters) {
      if (name.equalsIgnoreCase(declared.path("name").asText())) {
        return (ObjectNode) declared.deepCopy(); // the document has its own word for it
      }
    }
    return parameters
        .addObject()
        .put("name", name)
        .put("in", "header")
        .put("description", description);
  }

  /** A token of this gateway's, where the document has no word of its own for it. */
  private void secure(ObjectNode operation, String auth) {
    boolean optional = auth.equalsIgnoreCase("optional");
    if (operation.has("security") || !optional && !auth.equalsIgnoreCase("required")) return;
    ArrayNode choice = operation.putArray("security");
    choice.addObject().putArray(TOKEN);
    if (optional) choice.addObject();
    ObjectNode scheme = components.withObjectProperty("securitySchemes").withObjectProperty(TOKEN);
    scheme.put("type", "http").put("scheme", "bearer").put("bearerFormat", "JWT");
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
