package dev.sluice.contract;

import dev.sluice.conf.Nearest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;

/**
 * The keywords a schema may have (JSON Schema 2020-12 and OpenAPI 3.1 §4.8.24). The validator
 * ignores others, as it must: a misspelt one would check nothing.
 */
final class Keywords {
  private static final Set<String> OF_SCHEMAS =
      Set.of("properties", "patternProperties", "$defs", "definitions", "dependentSchemas");
  private static final Set<String> A_SCHEMA =
      Set.of(
          "items",
          "additionalProperties",
          "unevaluatedProperties",
          "unevaluatedItems",
          "propertyNames",
          "contains",
          "contentSchema",
          "not",
          "if",
          "then",
          "else");
  private static final Set<String> SCHEMAS = Set.of("allOf", "anyOf", "oneOf", "prefixItems");
  private static final Set<String> OTHERS =
      Set.of(
          "$id",
          "$schema",
          "$ref",
          "$anchor",
          "$dynamicRef",
          "$dynamicAnchor",
          "$vocabulary",
          "$comment",
          "type",
          "enum",
          "const",
          "default",
          "title",
          "description",
          "deprecated",
          "readOnly",
          "writeOnly",
          "example",
          "examples",
          "format",
          "pattern",
          "minLength",
          "maxLength",
          "minimum",
          "maximum",
          "exclusiveMinimum",
          "exclusiveMaximum",
          "multipleOf",
          "minItems",
          "maxItems",
          "uniqueItems",
          "minContains",
          "maxContains",
          "minProperties",
          "maxProperties",
          "required",
          "dependentRequired",
          "contentEncoding",
          "contentMediaType",
          "discriminator",
          "xml",
          "externalDocs");

  private Keywords() {}

  /** Throws IllegalArgumentException naming the first keyword that is none. */
  static void check(JsonObject schema) {
    for (String key : schema.fieldNames()) {
      Object value = schema.getValue(key);
      if (OF_SCHEMAS.contains(key)) {
        each(value instanceof JsonObject map ? map.getMap().values() : Set.of());
      } else if (A_SCHEMA.contains(key)) {
        each(Set.of(value));
      } else if (SCHEMAS.contains(key)) {
        each(value instanceof JsonArray list ? list.getList() : Set.of());
      } else if (!OTHERS.contains(key) && !key.startsWith("x-")) {
        String hint =
            Nearest.find(key, OTHERS).map(k -> "; did you mean \"" + k + "\"?").orElse("");
        throw new IllegalArgumentException("unknown keyword \"" + key + "\"" + hint);
      }
    }
  }

  private static void each(Iterable<?> schemas) {
    for (Object schema : schemas) {
      if (schema instanceof JsonObject one) check(one);
      else if (schema instanceof Map<?, ?> map) check(JsonObject.mapFrom(map));
    }
  }
}
