package dev.sluice.contract;

import dev.sluice.call.Failure.Field;
import dev.sluice.contract.json.StrictJson;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A parameter of an operation, and how its text becomes a JSON value.
 *
 * @param name as the client writes it
 * @param in where it stands
 * @param required whether a call must give it
 * @param lowercase {@code x-lowercase}: case does not matter, so that equal calls are equal keys
 * @param type the JSON type of the value, or of one item of an array
 * @param array whether it may be repeated
 * @param separator what stands between the items of an array; null where each is a parameter
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
    String separator,
    Object absent,
    Schema schema) {
  private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,17})");
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,18})?([eE][-+]?[0-9]{1,3})?");

  /** Where a parameter stands. */
  public enum In {
    PATH,
    QUERY,
    HEADER,
    COOKIE
  }

  /** A value as a client writes it, an array's items in one text. */
  public String text(Object value) {
    if (!(value instanceof List<?> items)) return plain(value);
    String between = separator == null ? "," : separator;
    return String.join(between, items.stream().map(Parameter::plain).toList());
  }

  /** A single value as a client writes it: 5 rather than 5.0, and never 1E3. */
  public static String plain(Object value) {
    if (!(value instanceof Double number)) return String.valueOf(value);
    BigDecimal exact = BigDecimal.valueOf(number);
    boolean huge = Math.abs(exact.precision() - (long) exact.scale()) > 40;
    return huge ? number.toString() : exact.stripTrailingZeros().toPlainString();
  }

  /** A header field that is taken as it comes. */
  static Parameter field(String name) {
    Schema any = Schema.compile(new JsonObject(), new JsonObject());
    return new Parameter(name, In.HEADER, false, false, "string", false, null, null, any);
  }

  /** The value of what the client gave; what is wrong with it is added to {@code wrong}. */
  Object read(List<String> texts, List<Field> wrong) {
    List<String> given = items(texts);
    if (given == null || given.isEmpty()) {
      if (required) wrong.add(new Field(name, "is required", null));
      return absent;
    }
    if (!array && given.size() > 1) {
      wrong.add(new Field(name, "is given " + given.size() + " times; once is enough", null));
      return null;
    }
    List<Object> values = new ArrayList<>(given.size());
    for (String text : given) {
      String unkept = StrictJson.unkept(text);
      if (unkept != null) {
        wrong.add(new Field(name, "has " + unkept, null));
        return null;
      }
      values.add(value(text));
    }
    if (values.contains(null)) {
      String none = given.get(values.indexOf(null));
      wrong.add(new Field(name, "must be " + article(type), schema.isSecret() ? null : none));
      return null;
    }
    Object value = array ? values : values.get(0);
    String reason = schema.refusal(value);
    if (reason != null) wrong.add(new Field(name, reason, schema.isSecret() ? null : said(given)));
    return value;
  }

  private Object said(List<String> given) {
    return array ? given : given.get(0);
  }

  /** An array's items, where they stand in one text. */
  private List<String> items(List<String> texts) {
    if (separator == null || texts == null || texts.size() != 1) return texts;
    return List.of(texts.get(0).split(Pattern.quote(separator), -1));
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

  /** What separates an array's items (OpenAPI 3.1 §4.8.12.2); other forms would be read wrongly. */
  private static String separator(JsonObject declared) {
    boolean query = declared.getString("in").equals("query");
    if (declared.getString("in").equals("cookie")) return ",";
    String usual = query ? "form" : "simple";
    String style = declared.getString("style", usual);
    boolean explode = declared.getBoolean("explode", style.equals("form"));
    switch (style) {
      case "spaceDelimited", "pipeDelimited" -> {
        if (!query || explode) break;
        return style.equals("spaceDelimited") ? " " : "|";
      }
      case "form", "simple" -> {
        if (!style.equals(usual)) break;
        return query && explode ? null : ",";
      }
      default -> {}
    }
    throw new IllegalArgumentException(
        query
            ? "style must be form, or spaceDelimited or pipeDelimited with explode: false"
            : "style must be simple");
  }

  private static String article(String type) {
    return switch (type) {
      case "integer" -> "a whole number";
      case "boolean" -> "true or false";
      default -> "a " + type;
    };
  }

  static Parameter of(JsonObject declared, JsonObject schema, JsonObject components) {
    String separator = separator(declared);
    if (schema.getValue("type") instanceof JsonArray) {
      throw new IllegalArgumentException("type must be a single one");
    }
    if ("object".equals(schema.getString("type"))) {
      throw new IllegalArgumentException("an object is not read from a parameter; use a body");
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
        array ? separator : null,
        absent,
        compiled);
  }
}
