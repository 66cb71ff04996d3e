package dev.sluice.contract;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;

/**
 * The regular expressions of a schema, in Java's words: they are ECMA-262's (JSON Schema §6.4), in
 * which {@code $} is the end, while Java's matches before a last line end, too. Pure.
 */
final class Patterns {
  /** What is compared, or only shown. */
  private static final Set<String> VALUES =
      Set.of("const", "enum", "default", "example", "examples");

  private Patterns() {}

  /** A copy of a schema that is read as it was meant. */
  static JsonObject inJava(JsonObject schema) {
    JsonObject copy = new JsonObject();
    for (Map.Entry<String, Object> entry : schema) {
      String key = entry.getKey();
      Object value = entry.getValue();
      if (VALUES.contains(key)) copy.put(key, value);
      else if (key.equals("pattern") && value instanceof String text) copy.put(key, java(text));
      else if (key.equals("patternProperties") && value instanceof JsonObject byPattern) {
        JsonObject properties = new JsonObject();
        byPattern.forEach(one -> properties.put(java(one.getKey()), within(one.getValue())));
        copy.put(key, properties);
      } else copy.put(key, within(value));
    }
    return copy;
  }

  private static Object within(Object value) {
    if (value instanceof JsonObject object) return inJava(object);
    if (!(value instanceof JsonArray list)) return value;
    JsonArray copy = new JsonArray();
    list.forEach(item -> copy.add(within(item)));
    return copy;
  }

  /** Outside of a class, and where it is not escaped. */
  static String java(String pattern) {
    StringBuilder java = new StringBuilder(pattern.length() + 4);
    boolean inClass = false;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\' && i + 1 < pattern.length()) {
        java.append(c).append(pattern.charAt(++i));
        continue;
      }
      if (c == '[') inClass = true;
      if (c == ']') inClass = false;
      if (c == '$' && !inClass) java.append("\\z");
      else java.append(c);
    }
    return java.toString();
  }
}
