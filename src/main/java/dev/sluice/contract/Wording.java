package dev.sluice.contract;

import dev.sluice.conf.Nearest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What each keyword of JSON Schema demands, in plain words that name the bound. */
final class Wording {
  private Wording() {}

  /** The sentence after the field's name; null for a keyword that has none here. */
  static String of(String keyword, Object bound, Object given) {
    return switch (keyword) {
      case "type" -> "must be " + types(bound);
      case "maximum" -> text(given) + " is above the maximum " + bound;
      case "minimum" -> text(given) + " is below the minimum " + bound;
      case "exclusiveMaximum" -> text(given) + " is not below " + bound;
      case "exclusiveMinimum" -> text(given) + " is not above " + bound;
      case "multipleOf" -> text(given) + " is not a multiple of " + bound;
      case "maxLength" -> "must have at most " + count(bound, "character");
      case "minLength" -> "must have at least " + count(bound, "character");
      case "maxItems" -> "must have at most " + count(bound, "item");
      case "minItems" -> "must have at least " + count(bound, "item");
      case "maxProperties" -> "must have at most " + count(bound, "field");
      case "minProperties" -> "must have at least " + count(bound, "field");
      case "uniqueItems" -> "has the same item twice";
      case "pattern" -> "does not match " + bound;
      case "format" -> "is not a valid " + bound;
      case "const" -> "must be " + text(bound);
      case "enum" -> choice(bound, given);
      case "anyOf", "oneOf" -> "is none of the forms that are taken";
      case "not" -> "is a value that is not taken";
      default -> null;
    };
  }

  private static String choice(Object bound, Object given) {
    if (!(bound instanceof JsonArray choices)) return "is not one of the values taken";
    List<String> valid = choices.stream().map(String::valueOf).toList();
    return text(given) + " is not one of " + String.join(", ", valid) + near(given, valid);
  }

  private static String near(Object given, List<String> valid) {
    return Nearest.find("" + given, valid).map(n -> "; did you mean \"" + n + "\"?").orElse("");
  }

  private static String types(Object bound) {
    if (bound instanceof JsonArray several) {
      return String.join(" or ", several.stream().map(Wording::types).toList());
    }
    return switch ("" + bound) {
      case "integer" -> "a whole number";
      case "number" -> "a number";
      case "string" -> "text";
      case "boolean" -> "true or false";
      case "array" -> "a list";
      case "object" -> "an object";
      default -> "" + bound;
    };
  }

  private static String count(Object bound, String of) {
    return bound + " " + of + ("1".equals("" + bound) ? "" : "s");
  }

  private static String text(Object value) {
    if (value instanceof String text) return "\"" + text + "\"";
    if (value instanceof JsonObject || value instanceof JsonArray) return "this";
    return "" + value;
  }
}
