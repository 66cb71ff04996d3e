package dev.sluice.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sluice.conf.Binding;
import dev.sluice.conf.Document;
import dev.sluice.conf.InvalidConfiguration;
import dev.sluice.conf.Nearest;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads one OpenAPI 3.1 document; what is wrong with it is collected, each with its line. */
final class OpenApi {
  private static final Set<String> METHODS =
      new TreeSet<>(List.of("get", "put", "post", "delete", "patch"));
  private static final Set<String> BESIDE_METHODS =
      Set.of("parameters", "summary", "description", "servers");
  private static final Set<String> OPERATION_KEYS =
      Set.of(
          "tags",
          "summary",
          "description",
          "externalDocs",
          "operationId",
          "parameters",
          "requestBody",
          "responses",
          "deprecated",
          "security",
          "servers",
          "x-sluice");
  private static final Pattern TEMPLATE = Pattern.compile("\\{([^{}/]+)}");

  private final String app;
  private final Document document;
  private final Set<String> limits;
  private final List<String> mistakes;
  private final JsonObject components;

  /** An operation and where in the document it stands. */
  record Found(Operation operation, String pointer) {}

  OpenApi(String app, Document document, Set<String> limits, List<String> mistakes) {
    this.app = app;
    this.document = document;
    this.limits = limits;
    this.mistakes = mistakes;
    this.components = object(document.at("/components"));
  }

  List<Found> read() {
    List<Found> found = new ArrayList<>();
    if (!document.at("/openapi").asText().matches("3\\.1(\\..*)?")) {
      wrong("/openapi", "only OpenAPI 3.1 documents are read; set openapi: 3.1.0");
    }
    List<String> dangling = new References(document).mistakes();
    mistakes.addAll(dangling);
    if (!dangling.isEmpty()) return found;
    for (Map.Entry<String, JsonNode> path : document.at("/paths").properties()) {
      String pointer = "/paths" + Document.token(path.getKey());
      if (!path.getKey().startsWith("/")) wrong(pointer, "a path must begin with /");
      for (String key : fieldNames(path.getValue())) {
        if (METHODS.contains(key)) {
          operation(path.getKey(), key, pointer + "/" + key, found);
        } else if (!BESIDE_METHODS.contains(key)) {
          wrong(
              pointer + Document.token(key),
              key + " is not a method that is routed; use " + String.join(", ", METHODS));
        }
      }
    }
    return found;
  }

  private void operation(String path, String method, String pointer, List<Found> found) {
    JsonNode id = document.at(pointer + "/operationId");
    if (!id.isTextual()) {
      wrong(pointer, "the operation needs an operationId");
      return;
    }
    int before = mistakes.size();
    for (String key : fieldNames(document.at(pointer))) {
      boolean extension = key.startsWith("x-") && Nearest.find(key, Set.of("x-sluice")).isEmpty();
      if (OPERATION_KEYS.contains(key) || extension) continue;
      wrong(
          pointer + Document.token(key),
          "unknown key \"" + key + "\"" + Nearest.hint(key, OPERATION_KEYS));
    }
    List<Parameter> parameters = parameters(path, pointer);
    RequestBody body = requestBody(pointer + "/requestBody");
    Policy policy = policy(pointer + "/x-sluice", method, parameters);
    streams(policy, pointer + "/x-sluice/streams", body);
    if (mistakes.size() > before) return;
    String verb = method.toUpperCase(Locale.ROOT);
    found.add(
        new Found(new Operation(id.asText(), app, verb, path, parameters, body, policy), pointer));
  }

  private List<Parameter> parameters(String path, String pointer) {
    Map<String, Parameter> byName = new LinkedHashMap<>();
    String shared = pointer.substring(0, pointer.lastIndexOf('/')) + "/parameters";
    for (String list : List.of(shared, pointer + "/parameters")) {
      for (int i = 0; i < document.at(list).size(); i++) {
        Parameter parameter = parameter(list + "/" + i);
        if (parameter != null) byName.put(parameter.in() + " " + parameter.name(), parameter);
      }
    }
    Set<String> inPath = new LinkedHashSet<>();
    for (String segment : path.split("/")) {
      Matcher m = TEMPLATE.matcher(segment);
      if (!m.find()) continue;
      if (m.end() - m.start() < segment.length()) {
        wrong(pointer, segment + ": a parameter must be a whole segment of the path");
      }
      if (!inPath.add(m.group(1))) wrong(pointer, "{" + m.group(1) + "} stands twice in the path");
    }
    for (String name : inPath) {
      if (!byName.containsKey("PATH " + name)) {
        wrong(pointer, "{" + name + "} stands in the path but is not a parameter");
      }
    }
    for (Parameter parameter : byName.values()) {
      if (parameter.in() == Parameter.In.PATH && !inPath.contains(parameter.name())) {
        wrong(pointer, "parameter " + parameter.name() + " does not stand in the path");
      }
    }
    return List.copyOf(byName.values());
  }

  private Parameter parameter(String pointer) {
    JsonNode declared = resolve(pointer);
    String in = declared.path("in").asText();
    if (!Set.of("path", "query", "header").contains(in)) {
      wrong(pointer, "in: \"" + in + "\" is not one of path, query, header");
      return null;
    }
    if (!declared.path("name").isTextual()) {
      wrong(pointer, "a parameter needs a name");
      return null;
    }
    try {
      JsonNode schema = declared.path("schema");
      JsonNode target = schema.has("$ref") ? follow(schema) : schema;
      return Parameter.of(object(declared), object(target), components);
    } catch (RuntimeException e) {
      wrong(pointer, "the schema cannot be used: " + e.getMessage());
      return null;
    }
  }

  private RequestBody requestBody(String pointer) {
    if (document.at(pointer).isMissingNode()) return null;
    JsonNode declared = resolve(pointer);
    Set<String> types = new LinkedHashSet<>();
    Schema schema = null;
    for (String type : fieldNames(declared.path("content"))) {
      types.add(type.toLowerCase(Locale.ROOT));
      JsonNode source = declared.path("content").path(type).path("schema");
      if (type.equalsIgnoreCase("application/json") && source.isObject()) {
        schema = schema(object(source), pointer);
      }
    }
    if (types.isEmpty()) wrong(pointer, "a requestBody needs content with at least one media type");
    return new RequestBody(declared.path("required").asBoolean(false), types, schema);
  }

  private Schema schema(JsonObject source, String pointer) {
    try {
      return Schema.compile(source, components);
    } catch (RuntimeException e) {
      wrong(pointer, "the schema cannot be used: " + e.getMessage());
      return null;
    }
  }

  private Policy policy(String pointer, String method, List<Parameter> parameters) {
    if (document.at(pointer).isMissingNode()) return Policy.defaults();
    Policy policy;
    try {
      policy = Binding.bind(document, pointer, Policy.class);
    } catch (InvalidConfiguration e) {
      mistakes.add(e.getMessage());
      return Policy.defaults();
    }
    if (!policy.limit().equals("none") && !limits.contains(policy.limit())) {
      wrong(
          pointer + "/limit",
          "there is no limit class \""
              + policy.limit()
              + "\""
              + Nearest.hint(policy.limit(), limits));
    }
    Set<String> names = new TreeSet<>();
    parameters.forEach(p -> names.add(p.name()));
    for (int i = 0; i < policy.invalidates().size(); i++) {
      checkTag(policy.invalidates().get(i), pointer + "/invalidates/" + i, names);
    }
    for (int i = 0; i < policy.exactlyOneOf().size(); i++) {
      checkName(policy.exactlyOneOf().get(i), pointer + "/exactlyOneOf/" + i, names);
    }
    if (policy.cache() != null) cache(policy, pointer + "/cache", method, names);
    return policy;
  }

  private void cache(Policy policy, String pointer, String method, Set<String> names) {
    CachePolicy cache = policy.cache();
    if (!method.equals("get")) {
      wrong(
          pointer,
          "only GET can be cached; " + method.toUpperCase(Locale.ROOT) + " changes something");
    }
    if (policy.auth() == Policy.Auth.PASSTHROUGH && cache.isPublic()) {
      wrong(
          pointer,
          "replies made with the caller's own token must not be shared;"
              + " set cache.scope: user");
    }
    if (policy.auth() == Policy.Auth.NONE && !cache.isPublic()) {
      wrong(pointer, "cache.scope is user, but auth is none: there is no user to keep it for");
    }
    for (int i = 0; i < cache.tags().size(); i++) {
      checkTag(cache.tags().get(i), pointer + "/tags/" + i, names);
    }
    for (int i = 0; i < cache.bypass().size(); i++) {
      checkName(cache.bypass().get(i), pointer + "/bypass/" + i, names);
    }
  }

  /** A schema that nothing checks would only look as if it did. */
  private void streams(Policy policy, String pointer, RequestBody body) {
    if (!policy.streamsRequest()) return;
    if (body == null) {
      wrong(pointer, "there is no requestBody to stream; declare the media types that are taken");
    } else if (body.schema() != null) {
      wrong(
          pointer,
          "a streamed body is not held against its schema; take the schema of application/json"
              + " out, or streams");
    }
  }

  private void checkTag(String tag, String pointer, Set<String> names) {
    for (Matcher m = TEMPLATE.matcher(tag); m.find(); ) {
      if (!m.group(1).equals("user")) checkName(m.group(1), pointer, names);
    }
  }

  private void checkName(String name, String pointer, Set<String> names) {
    if (names.contains(name)) return;
    wrong(pointer, "there is no parameter \"" + name + "\"" + Nearest.hint(name, names));
  }

  private JsonNode resolve(String pointer) {
    JsonNode node = document.at(pointer);
    return node.has("$ref") ? follow(node) : node;
  }

  /** The target of a reference, which {@link References} has found to exist. */
  private JsonNode follow(JsonNode node) {
    JsonNode target = node;
    for (int hops = 0; target.has("$ref") && hops < 8; hops++) {
      target = document.at(References.pointer(target.get("$ref").asText()));
    }
    return target;
  }

  private void wrong(String pointer, String reason) {
    mistakes.add(document.mistake(pointer, reason));
  }

  private static List<String> fieldNames(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static JsonObject object(JsonNode node) {
    boolean is = node.isObject();
    return new JsonObject((is ? node : JsonNodeFactory.instance.objectNode()).toString());
  }
}
