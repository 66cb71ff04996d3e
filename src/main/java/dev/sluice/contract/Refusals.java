package dev.sluice.contract;

import dev.sluice.call.Failure.Field;
import dev.sluice.conf.Nearest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import io.vertx.json.schema.OutputUnit;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Puts a validator's findings into words for the person who wrote the value: one a field, saying
 * what would be right. Pure.
 */
final class Refusals {
  /** Keywords that only say that something below them is wrong. */
  private static final Set<String> CONTAINERS =
      Set.of("properties", "patternProperties", "items", "prefixItems", "$ref", "allOf", "if");

  /** What is longer is not said again. */
  private static final int LONGEST_SAID = 200;

  /** A body of a hundred thousand mistakes is one mistake. */
  private static final int MOST_SAID = 100;

  private final JsonObject schema;
  private final Object value;
  private final Predicate<String> about;
  private final Map<String, Field> byField = new TreeMap<>();

  private Refusals(JsonObject schema, Object value, Predicate<String> about) {
    this.schema = schema;
    this.value = value;
    this.about = about;
  }

  /**
   * What the findings mean, where they mean something; the whole value goes by the name {@code
   * whole}.
   *
   * @param about the fields that are told of
   */
  static List<Field> of(
      JsonObject schema,
      Object value,
      String whole,
      List<OutputUnit> findings,
      Predicate<String> about) {
    Refusals refusals = new Refusals(schema, value, about);
    for (OutputUnit finding : findings) {
      if (refusals.byField.size() >= MOST_SAID) break;
      refusals.add(whole, finding);
    }
    return List.copyOf(refusals.byField.values());
  }

  /** Without a word on why. */
  static Field brief(String field) {
    return new Field(field, "does not fit its schema", null);
  }

  private void add(String whole, OutputUnit finding) {
    String keyword = finding.getKeywordLocation().replaceFirst(".*/", "");
    if (CONTAINERS.contains(keyword) || isAlternative(finding.getKeywordLocation())) return;
    String location = decoded(finding.getInstanceLocation());
    String around = decoded(finding.getAbsoluteKeywordLocation().replaceFirst("^[^#]*", ""));
    around = around.substring(0, Math.max(0, around.lastIndexOf('/')));
    JsonObject rules = at(schema, around) instanceof JsonObject object ? object : new JsonObject();
    Object given = at(value, location);
    switch (keyword) {
      case "required" -> missing(whole, location, rules, given);
      case "additionalProperties", "unevaluatedProperties" ->
          unknown(whole, location, rules, finding);
      default -> {
        String reason = Wording.of(keyword, rules.getValue(keyword), given);
        boolean secret = rules.getBoolean("writeOnly", false);
        put(
            name(whole, location),
            reason == null ? finding.getError() : reason,
            secret ? null : given);
      }
    }
  }

  private void missing(String whole, String location, JsonObject rules, Object given) {
    if (!(given instanceof JsonObject object)) return;
    for (Object name : rules.getJsonArray("required", new JsonArray())) {
      if (!object.containsKey("" + name)) {
        put(name(whole, location + "/" + name), "is required", null);
      }
    }
  }

  /** The validator also calls a declared property additional where its value is wrong. */
  private void unknown(String whole, String location, JsonObject rules, OutputUnit finding) {
    String name = location.substring(location.lastIndexOf('/') + 1);
    name = name.replace("~1", "/").replace("~0", "~");
    Set<String> declared = rules.getJsonObject("properties", new JsonObject()).fieldNames();
    if (declared.contains(name)) return;
    boolean closed = Boolean.FALSE.equals(rules.getValue("additionalProperties"));
    String reason = "is not a field here" + Nearest.hint(name, declared);
    put(name(whole, location), closed ? reason : finding.getError(), null);
  }

  /** What is wrong inside one of several forms says little: the keyword above speaks for all. */
  private static boolean isAlternative(String location) {
    return location.matches(".*/(anyOf|oneOf|not|contains)/.+");
  }

  private void put(String field, String message, Object given) {
    if (!about.test(field)) return;
    boolean text = given instanceof String said && said.length() <= LONGEST_SAID;
    boolean plain = text || given instanceof Number || given instanceof Boolean;
    byField.putIfAbsent(field, new Field(field, message, plain ? given : null));
  }

  private static String name(String whole, String location) {
    String path = location.replaceFirst("^/", "").replace('/', '.');
    return path.isEmpty() ? whole : path.replace("~1", "/").replace("~0", "~");
  }

  /**
   * A JSON pointer out of the URI fragment that the validator gives (RFC 6901 §6). It writes
   * control characters in a way that cannot be read back: then as it is.
   */
  private static String decoded(String fragment) {
    String pointer = fragment.replaceFirst("^#", "");
    try {
      return URLDecoder.decode(pointer.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return pointer;
    }
  }

  private static Object at(Object root, String pointer) {
    return pointer.isEmpty() ? root : JsonPointer.from(pointer).queryJson(root);
  }
}
