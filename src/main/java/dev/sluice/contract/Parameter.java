package dev.sluice.contract;

import dev.sluice.call.Failure.Field;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A parameter of an operation, and how its text becomes a JSON value (style form, explode true).
 *
 * @param name as the client writes it
 * @param in where it stands
 * @param required whether a call must give it
 * @param lowercase {@code x-lowercase}: case does not matter, so that equal calls are equal keys
 * @param type the JSON type of the value, or of one item of an array
 * @param array whether it may be repeated
 * @param absent the schema's default, or null
 * @param schema the compiled schema of the whole value
 */
public record Parameter(
    String name,
    In in,
    boolean required,
    boolean lowercase,
    String type,
    boolean array,
    Object absent,
    Schema schema) {
  private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,17})");
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,18})?([eE][-+]?[0-9]{1,3})?");

  /** Where a parameter stands. */
  public enum In {
    PATH,
    QUERY,
    HEADER
  }

  /** The value of what the client gave; what is wrong with it is added to {@code wrong}. */
  Object read(List<String> given, List<Field> wrong) {
    if (given == null || given.isEmpty()) {
      if (required) wrong.add(new Field(name, "is required", null));
      return absent;
    }
    if (!array && given.size() > 1) {
      wrong.add(new Field(name, "is given " + given.size() + " times; once is enough", null));
      return null;
    }
    List<Object> values = new ArrayList<>(given.size());
    for (String text : given) values.add(value(text));
    if (values.contains(null)) {
      wrong.add(new Field(name, "must be " + article(type), given.get(values.indexOf(null))));
      return null;
    }
    Object value = array ? values : values.get(0);
    String reason = schema.refusal(value);
    if (reason != null) wrong.add(new Field(name, reason, array ? given : given.get(0)));
    return value;
  }

  /** The JSON value of a text, null where it has none of that type. */
  private Object value(String text) {
    return switch (type) {
      case "integer" -> INTEGER.matcher(text).matches() ? Long.valueOf(text) : null;
      case "number" -> NUMBER.matcher(text).matches() ? finite(Double.parseDouble(text)) : null;
      case "boolean" ->
          text.equals("true") ? Boolean.TRUE : text.equals("false") ? Boolean.FALSE : null;
      default -> lowercase ? lowercase(text) : text;
    };
  }

  /** ASCII letters only: some others become ASCII in small, and a wrong text right. */
  private static String lowercase(String text) {
    StringBuilder small = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      small.append(c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c);
    }
    return small.toString();
  }

  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /** The default as read from a schema, in the form {@link #read} gives values. */
  private static Object normal(Object value, String type) {
    if (value instanceof JsonArray list) {
      return list.stream().map(item -> normal(item, type)).toList();
    }
    if (!(value instanceof Number n)) return value;
    return type.equals("number") ? (Object) n.doubleValue() : n.longValue();
  }

  /** Only one form is read; a document that declares another would be read wrongly. */
  private static void checkStyle(JsonObject declared) {
    String usual = declared.getString("in").equals("query") ? "form" : "simple";
    String style = declared.getString("style", usual);
    if (!style.equals(usual)) throw new IllegalArgumentException("style must be " + usual);
    if (usual.equals("form") && !declared.getBoolean("explode", true)) {
      throw new IllegalArgumentException("explode must be true: a list is a repeated parameter");
    }
  }

  private static String article(String type) {
    return switch (type) {
      case "integer" -> "a whole number";
      case "boolean" -> "true or false";
      default -> "a " + type;
    };
  }

  static Parameter of(JsonObject declared, JsonObject schema, JsonObject components) {
    checkStyle(declared);
    if (schema.getValue("type") instanceof JsonArray) {
      throw new IllegalArgumentException("type must be a single one");
    }
    boolean array = "array".equals(schema.getString("type"));
    JsonObject item = array ? schema.getJsonObject("items", new JsonObject()) : schema;
    String type = item.getString("type", "string");
    Schema compiled = Schema.compile(schema, components);
    Object absent = normal(schema.getValue("default"), type);
    String reason = absent == null ? null : compiled.refusal(absent);
    if (reason != null) throw new IllegalArgumentException("the default is wrong: " + reason);
    return new Parameter(
        declared.getString("name"),
        In.valueOf(declared.getString("in").toUpperCase(Locale.ROOT)),
        declared.getBoolean("required", false),
        declared.getBoolean("x-lowercase", false),
        type,
        array,
        absent,
        compiled);
  }
}
