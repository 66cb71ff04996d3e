package dev.sluice.contract;

import dev.sluice.call.Failure.Field;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A compiled JSON Schema (2020-12, the dialect of OpenAPI 3.1) with errors in plain words. */
public record Schema(JsonObject source, Validator validator) {
  private static final JsonSchemaOptions OPTIONS =
      new JsonSchemaOptions()
          .setDraft(Draft.DRAFT202012)
          .setBaseUri("https://sluice.dev/contract")
          .setOutputFormat(OutputFormat.Basic);

  /** Compiles a schema whose references point into {@code components}. */
  static Schema compile(JsonObject schema, JsonObject components) {
    JsonObject whole = schema.copy().put("components", components);
    return new Schema(schema, Validator.create(JsonSchema.of(whole), OPTIONS));
  }

  /** Why the value is refused, or null where it is fine. */
  String refusal(Object value) {
    OutputUnit unit = validator.validate(value);
    return Boolean.TRUE.equals(unit.getValid()) ? null : deepest(unit).getError();
  }

  /** Every field of a JSON body that breaks the schema, by dotted path. */
  List<Field> refusals(Object body) {
    OutputUnit unit = validator.validate(body);
    if (Boolean.TRUE.equals(unit.getValid())) return List.of();
    Map<String, String> byField = new TreeMap<>();
    for (OutputUnit error : unit.getErrors()) {
      byField.put(field(error.getInstanceLocation()), error.getError());
    }
    // An object is invalid because a field of it is: the fields say more.
    byField.keySet().removeIf(f -> byField.keySet().stream().anyMatch(o -> isInside(o, f)));
    return byField.entrySet().stream().map(e -> new Field(e.getKey(), e.getValue(), null)).toList();
  }

  private static boolean isInside(String field, String outer) {
    return !field.equals(outer) && (outer.equals("body") || field.startsWith(outer + "."));
  }

  private static String field(String location) {
    String path = location.replaceFirst("^#/?", "").replace('/', '.');
    return path.isEmpty() ? "body" : path;
  }

  private static OutputUnit deepest(OutputUnit unit) {
    List<OutputUnit> errors = unit.getErrors();
    return errors == null || errors.isEmpty() ? unit : errors.get(errors.size() - 1);
  }
}
