package dev.sluice.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sluice.conf.Document;
import dev.sluice.conf.Nearest;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads one OpenAPI 3.1 document; what is wrong with it is collected, each with its line. Bodies of
 * replies are not looked at: any media type may be declared.
 */
final class OpenApi {
  private static final Set<String> METHODS =
      new TreeSet<>(List.of("get", "put", "post", "delete", "patch"));
  private static final Set<String> BESIDE_METHODS =
      Set.of("parameters", "summary", "description", "servers");
  private static final Set<String> ROOT_KEYS =
      Set.of(
          "openapi",
          "info",
          "jsonSchemaDialect",
          "servers",
          "paths",
          "webhooks",
          "components",
          "security",
          "tags",
          "externalDocs",
          "x-sluice");
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
          "callbacks",
          "deprecated",
          "security",
          "servers",
          "x-sluice");
  private static final Pattern TEMPLATE = Pattern.compile("\\{([^{}/]+)}");

  private final Source source;
  private final Document document;
  private final List<String> mistakes;
  private final JsonObject components;
  private final Policies policies;
  private final Relays relays;
  private boolean whole = true;

  /** An operation and where in the document it stands. */
  record Found(Operation operation, String pointer) {}

  OpenApi(Source source, Known known, List<String> mistakes) {
    this.source = source;
    this.document = source.document();
    this.mistakes = mistakes;
    this.components = object(document.at("/components"));
    this.policies = new Policies(source, known, mistakes);
    this.relays = new Relays(known, mistakes);
  }

  List<Found> read() {
    List<Found> found = new ArrayList<>();
    if (!document.at("/openapi").asText().matches("3\\.1(\\..*)?")) {
      wrong("/openapi", "only OpenAPI 3.1 documents are read; set openapi: 3.1.0");
    }
    checkKeys("", ROOT_KEYS);
    List<String> dangling = new References(document).mistakes();
    mistakes.addAll(dangling);
    whole = dangling.isEmpty();
    String prefix = policies.prefix();
    for (Map.Entry<String, JsonNode> path : document.at("/paths").properties()) {
      String pointer = "/paths" + Document.token(path.getKey());
      if (!path.getKey().startsWith("/")) wrong(pointer, "a path must begin with /");
      for (String key : fieldNames(path.getValue())) {
        if (METHODS.contains(key)) {
          operation(prefix, path.getKey(), pointer + "/" + key, found);
        } else if (!BESIDE_METHODS.contains(key) && !isExtension(key)) {
          wrong(pointer + Document.token(key), misplaced(key));
        }
      }
    }
    return found;
  }

  private static String misplaced(String key) {
    return key.equals("x-sluice")
        ? "x-sluice stands at an operation, or at the top of the document for all of them"
        : key + " is not a method that is routed; use " + String.join(", ", METHODS);
  }

  private void operation(String prefix, String path, String pointer, List<Found> found) {
    JsonNode id = document.at(pointer + "/operationId");
    if (!id.isTextual()) {
      wrong(pointer, "the operation needs an operationId");
      return;
    }
    int before = mistakes.size();
    String method = pointer.substring(pointer.lastIndexOf('/') + 1);
    String verb = method.toUpperCase(Locale.ROOT);
    checkKeys(pointer, OPERATION_KEYS);
    Policies.Stated stated = policies.read(pointer + "/x-sluice", method);
    List<Parameter> declared = whole ? parameters(path, pointer) : List.of();
    RequestBody body = whole ? requestBody(pointer + "/requestBody") : null;
    if (stated.policy() == null) return;
    policies.check(stated);
    if (!stated.namesUpstream() && !source.handled()) {
      wrong(pointer, id.asText() + " has no upstream; say which: x-sluice: { upstream: name }");
    }
    if (!whole || declared == null) return;
    List<Parameter> parameters = relays.parameters(stated, declared);
    policies.check(stated, method, parameters);
    policies.checkStreams(stated, body);
    Relay relay = relays.compile(stated, verb, prefix, path, parameters);
    if (mistakes.size() > before) return;
    found.add(
        new Found(
            new Operation(
                id.asText(),
                source.name(),
                verb,
                prefix + path,
                parameters,
                body,
                stated.policy(),
                relay),
            pointer));
  }

  private void checkKeys(String pointer, Set<String> valid) {
    for (String key : fieldNames(document.at(pointer))) {
      if (valid.contains(key) || isExtension(key)) continue;
      wrong(
          pointer + Document.token(key), "unknown key \"" + key + "\"" + Nearest.hint(key, valid));
    }
  }

  /** Whether a key is somebody else's extension, and not ours misspelt. */
  private static boolean isExtension(String key) {
    return key.startsWith("x-") && Nearest.find(key, Set.of("x-sluice")).isEmpty();
  }

  /** Null where one of them cannot be read: what else is said of them would be guessed. */
  private List<Parameter> parameters(String path, String pointer) {
    boolean read = true;
    Map<String, Parameter> byName = new LinkedHashMap<>();
    String shared = pointer.substring(0, pointer.lastIndexOf('/')) + "/parameters";
    for (String list : List.of(shared, pointer + "/parameters")) {
      for (int i = 0; i < document.at(list).size(); i++) {
        Parameter parameter = parameter(list + "/" + i);
        if (parameter == null) read = false;
        else byName.put(parameter.in() + " " + parameter.name(), parameter);
      }
    }
    if (!read) return null;
    checkNames(byName.values(), pointer);
    checkPath(path, byName, pointer);
    return List.copyOf(byName.values());
  }

  private void checkPath(String path, Map<String, Parameter> byName, String pointer) {
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
  }

  /** Policies and calls know a parameter by its name alone. */
  private void checkNames(Collection<Parameter> parameters, String pointer) {
    Map<String, Parameter> byName = new HashMap<>();
    for (Parameter parameter : parameters) {
      Parameter other = byName.put(parameter.name(), parameter);
      if (other == null) continue;
      String reason = "parameter %s is in %s and in %s; rename one";
      wrong(pointer, String.format(reason, parameter.name(), in(other), in(parameter)));
    }
  }

  private static String in(Parameter parameter) {
    return parameter.in().name().toLowerCase(Locale.ROOT);
  }

  private Parameter parameter(String pointer) {
    JsonNode declared = resolve(pointer);
    String in = declared.path("in").asText();
    if (!Set.of("path", "query", "header", "cookie").contains(in)) {
      wrong(pointer, "in: \"" + in + "\" is not one of path, query, header, cookie");
      return null;
    }
    if (in.equals("cookie") && !source.handled()) {
      wrong(pointer, "cookies are passed on as they come, by upstream.forwardHeaders: [Cookie]");
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
      types.add(type.replaceFirst("\\s*;.*", "").toLowerCase(Locale.ROOT));
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
