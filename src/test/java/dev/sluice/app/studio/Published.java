package dev.sluice.app.studio;

import dev.sluice.harness.RunningGateway;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The contract as a gateway publishes it, read as one who knows nothing else of it would. */
final class Published {
  private final JsonObject whole;
  private final Map<String, Declared> operations = new HashMap<>();
  private final Map<JsonObject, Validator> validators = new HashMap<>();

  /** An operation: where it is asked, and what it may answer. */
  record Declared(String method, String path, JsonArray parameters, JsonObject responses) {}

  Published(RunningGateway gateway) {
    whole = gateway.get("/openapi.json").bodyAsJsonObject();
    for (Map.Entry<String, Object> path : whole.getJsonObject("paths")) {
      for (Map.Entry<String, Object> entry : (JsonObject) path.getValue()) {
        if (!(entry.getValue() instanceof JsonObject operation)) continue;
        operations.put(
            operation.getString("operationId"),
            new Declared(
                entry.getKey().toUpperCase(Locale.ROOT),
                path.getKey(),
                operation.getJsonArray("parameters", new JsonArray()),
                operation.getJsonObject("responses")));
      }
    }
  }

  /** The operation of that id. */
  Declared operation(String id) {
    Declared found = operations.get(id);
    if (found == null) throw new AssertionError("the contract has no operation " + id);
    return found;
  }

  /**
   * The method and the template of a path, as the contract has it; the path itself where it has
   * none.
   */
  String named(String method, String path) {
    for (Declared operation : operations.values()) {
      String form = operation.path.replaceAll("\\{[^}]+}", "[^/]+");
      if (operation.method.equals(method) && path.matches(form))
        return method + " " + operation.path;
    }
    return method + " " + path;
  }

  /** The operation that has this name; null where there is none. */
  String idOf(String name) {
    for (Map.Entry<String, Declared> entry : operations.entrySet()) {
      Declared operation = entry.getValue();
      if (name.equals(operation.method + " " + operation.path)) return entry.getKey();
    }
    return null;
  }

  /** The operations of these paths, and below those that end with a slash. */
  Set<String> under(String... roots) {
    Set<String> found = new TreeSet<>();
    operations.forEach(
        (id, operation) -> {
          for (String root : roots) {
            boolean below = root.endsWith("/") && operation.path.startsWith(root);
            if (below || operation.path.equals(root)) found.add(id);
          }
        });
    return found;
  }

  /** What is wrong with an answer; empty where it is as declared. */
  String wrong(String id, int status, String type, String body) {
    JsonObject response = operation(id).responses.getJsonObject(Integer.toString(status));
    if (response == null) return "the contract does not declare the status";
    JsonObject content = resolved(response).getJsonObject("content");
    if (content == null) return body.isEmpty() ? "" : "the contract declares no body: " + body;
    if (!"application/json".equals(type)) return "is " + type;
    JsonObject schema = content.getJsonObject("application/json").getJsonObject("schema");
    OutputUnit found =
        validators.computeIfAbsent(schema, this::validator).validate(Json.decodeValue(body));
    if (Boolean.TRUE.equals(found.getValid())) return "";
    return found.getErrors().stream().map(OutputUnit::toJson).toList() + " of " + body;
  }

  private JsonObject resolved(JsonObject response) {
    String reference = response.getString("$ref");
    if (reference == null) return response;
    JsonObject found = whole;
    for (String step : reference.substring(2).split("/")) found = found.getJsonObject(step);
    return found;
  }

  private Validator validator(JsonObject schema) {
    JsonObject self = schema.copy().put("components", whole.getJsonObject("components"));
    return Validator.create(
        JsonSchema.of(self),
        new JsonSchemaOptions()
            .setDraft(Draft.DRAFT202012)
            .setBaseUri("https://sluice.dev/published")
            .setOutputFormat(OutputFormat.Basic));
  }
}
