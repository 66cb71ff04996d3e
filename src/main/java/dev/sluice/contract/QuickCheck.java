package dev.sluice.contract;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Whether a value fits a schema of the usual keywords: a hundredth of what the validator takes,
 * which is left to say why one does not.
 */
final class QuickCheck {
  private static final Set<String> SAY_NOTHING =
      Set.of(
          "$comment",
          "title",
          "description",
          "deprecated",
          "readOnly",
          "writeOnly",
          "example",
          "examples",
          "default",
          "components",
          "externalDocs");

  /** Whether a value fits. */
  interface Check {
    boolean fits(Object value);

    /**
     * Notes the way to the first thing within a value that does not fit: the names of members and
     * the numbers of items. It is the value itself where nothing is noted.
     */
    default void misfit(Object value, List<Object> way) {}
  }

  /** Of one schema: what each of its keywords asks for. */
  private record All(Check[] checks) implements Check {
    @Override
    public boolean fits(Object value) {
      for (Check check : checks) if (!check.fits(value)) return false;
      return true;
    }

    @Override
    public void misfit(Object value, List<Object> way) {
      for (Check check : checks) {
        if (check.fits(value)) continue;
        check.misfit(value, way);
        return;
      }
    }
  }

  /** Of an object's members, each by a check of its own; null where there is none. */
  private record Members(Function<String, Check> checks) implements Check {
    @Override
    public boolean fits(Object value) {
      return !(value instanceof JsonObject object) || wrong(object) == null;
    }

    private String wrong(JsonObject object) {
      for (String name : object.fieldNames()) {
        Check check = checks.apply(name);
        if (check != null && !check.fits(object.getValue(name))) return name;
      }
      return null;
    }

    @Override
    public void misfit(Object value, List<Object> way) {
      JsonObject object = (JsonObject) value;
      String name = wrong(object);
      way.add(name);
      checks.apply(name).misfit(object.getValue(name), way);
    }
  }

  private record Items(Check check) implements Check {
    @Override
    public boolean fits(Object value) {
      return !(value instanceof JsonArray array) || wrong(array) < 0;
    }

    private int wrong(JsonArray array) {
      for (int i = 0; i < array.size(); i++) if (!check.fits(array.getValue(i))) return i;
      return -1;
    }

    @Override
    public void misfit(Object value, List<Object> way) {
      JsonArray array = (JsonArray) value;
      int at = wrong(array);
      way.add(at);
      check.misfit(array.getValue(at), way);
    }
  }

  /** Of a reference, which may lead back to where it stands. */
  private static final class There implements Check {
    private Check check;

    @Override
    public boolean fits(Object value) {
      return check.fits(value);
    }

    @Override
    public void misfit(Object value, List<Object> way) {
      check.misfit(value, way);
    }
  }

  /** Of a schema that only the validator understands. */
  static final Check UNSURE = value -> false;

  private static final Check ANYTHING = value -> true;

  private final JsonObject root;
  private final Map<String, There> referred = new HashMap<>();

  /** A keyword whose meaning is the validator's alone. */
  private static final class Unusual extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unusual() {
      super(null, null, false, false);
    }
  }

  private QuickCheck(JsonObject root) {
    this.root = root;
  }

  /** Of a schema whose patterns are Java's already. */
  static Check of(JsonObject schema) {
    try {
      return new QuickCheck(schema).compile(schema);
    } catch (Unusual | ClassCastException | NullPointerException e) {
      return UNSURE;
    }
  }

  private Check compile(Object schema) {
    if (Boolean.TRUE.equals(schema)) return ANYTHING;
    if (!(schema instanceof JsonObject object)) throw new Unusual();
    List<Check> all = new ArrayList<>();
    for (String keyword : object.fieldNames()) {
      if (SAY_NOTHING.contains(keyword) || keyword.startsWith("x-")) continue;
      all.add(compile(keyword, object));
    }
    return new All(all.toArray(Check[]::new));
  }

  private Check compile(String keyword, JsonObject in) {
    return switch (keyword) {
      case "$ref" -> reference(in.getString("$ref"));
      case "type" -> type(in.getValue("type"));
      case "enum" -> oneOf(in.getJsonArray("enum"));
      case "const" -> oneOf(new JsonArray().add(in.getValue("const")));
      case "pattern" -> pattern(in.getString("pattern"));
      case "minLength" -> length(in.getInteger("minLength"), Integer.MAX_VALUE);
      case "maxLength" -> length(0, in.getInteger("maxLength"));
      case "minimum" -> range(in.getNumber("minimum"), null);
      case "maximum" -> range(null, in.getNumber("maximum"));
      case "required" -> required(in.getJsonArray("required"));
      case "properties" -> properties(in.getJsonObject("properties"));
      case "additionalProperties" -> additional(in);
      case "propertyNames" -> names(compile(in.getValue("propertyNames")));
      case "minProperties" -> members(in.getInteger("minProperties"), Integer.MAX_VALUE);
      case "maxProperties" -> members(0, in.getInteger("maxProperties"));
      case "items" -> new Items(compile(in.getValue("items")));
      case "minItems" -> size(in.getInteger("minItems"), Integer.MAX_VALUE);
      case "maxItems" -> size(0, in.getInteger("maxItems"));
      case "uniqueItems" -> in.getBoolean("uniqueItems") ? QuickCheck::isDistinct : ANYTHING;
      default -> throw new Unusual();
    };
  }

  /** Within the schema alone; it may come back to where it stands. */
  private Check reference(String to) {
    if (!to.startsWith("#/")) throw new Unusual();
    There known = referred.get(to);
    if (known == null) {
      known = new There();
      referred.put(to, known);
      Object target = root;
      for (String step : to.substring(2).split("/")) target = ((JsonObject) target).getValue(step);
      known.check = compile(target);
    }
    return known;
  }

  private static Check type(Object type) {
    if (type instanceof JsonArray several) {
      List<Check> any = several.stream().map(QuickCheck::type).toList();
      return value -> any.stream().anyMatch(one -> one.fits(value));
    }
    return switch (type.toString()) {
      case "object" -> JsonObject.class::isInstance;
      case "array" -> JsonArray.class::isInstance;
      case "string" -> String.class::isInstance;
      case "boolean" -> Boolean.class::isInstance;
      case "integer" -> value -> value instanceof Number number && isWhole(number);
      case "number" -> Number.class::isInstance;
      case "null" -> value -> value == null;
      default -> throw new Unusual();
    };
  }

  private static boolean isWhole(Number number) {
    return isLong(number) || exact(number).scale() <= 0;
  }

  private static boolean isLong(Number number) {
    return number instanceof Long || number instanceof Integer;
  }

  private static int compare(Number one, Number other) {
    return isLong(one) && isLong(other)
        ? Long.compare(one.longValue(), other.longValue())
        : exact(one).compareTo(exact(other));
  }

  /** Equal for equal numbers, however they are written. */
  private static BigDecimal exact(Number number) {
    BigDecimal exact = number instanceof BigDecimal b ? b : new BigDecimal(number.toString());
    return exact.stripTrailingZeros();
  }

  private static Check oneOf(JsonArray values) {
    List<Object> known = new ArrayList<>();
    for (Object value : values) {
      if (value instanceof JsonObject || value instanceof JsonArray) throw new Unusual();
      known.add(value instanceof Number number ? exact(number) : value);
    }
    return value -> known.contains(value instanceof Number number ? exact(number) : value);
  }

  private static Check pattern(String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    return value -> !(value instanceof String text) || compiled.matcher(text).find();
  }

  /** In characters of Unicode (JSON Schema Validation §6.3). */
  private static Check length(int least, int most) {
    return value -> {
      if (!(value instanceof String text)) return true;
      int length = text.codePointCount(0, text.length());
      return length >= least && length <= most;
    };
  }

  private static Check range(Number least, Number most) {
    return value ->
        !(value instanceof Number number)
            || (least == null || compare(number, least) >= 0)
                && (most == null || compare(number, most) <= 0);
  }

  private static Check required(JsonArray names) {
    List<String> all = names.stream().map(String.class::cast).toList();
    return value -> {
      if (!(value instanceof JsonObject object)) return true;
      for (String name : all) if (!object.containsKey(name)) return false;
      return true;
    };
  }

  private Check properties(JsonObject schemas) {
    Map<String, Check> checks = new HashMap<>();
    schemas.forEach(one -> checks.put(one.getKey(), compile(one.getValue())));
    return new Members(checks::get);
  }

  private Check additional(JsonObject in) {
    if (in.containsKey("patternProperties")) throw new Unusual();
    Set<String> declared = in.getJsonObject("properties", new JsonObject()).fieldNames();
    Object schema = in.getValue("additionalProperties");
    Check check = Boolean.FALSE.equals(schema) ? value -> false : compile(schema);
    return new Members(name -> declared.contains(name) ? null : check);
  }

  private static Check names(Check check) {
    return value ->
        !(value instanceof JsonObject object) || object.fieldNames().stream().allMatch(check::fits);
  }

  private static Check members(int least, int most) {
    return value ->
        !(value instanceof JsonObject object) || object.size() >= least && object.size() <= most;
  }

  private static Check size(int least, int most) {
    return value ->
        !(value instanceof JsonArray array) || array.size() >= least && array.size() <= most;
  }

  private static boolean isDistinct(Object value) {
    if (!(value instanceof JsonArray array)) return true;
    Set<String> seen = new HashSet<>();
    for (Object item : array) {
      StringBuilder form = new StringBuilder();
      write(item, form);
      if (!seen.add(form.toString())) return false;
    }
    return true;
  }

  /** The same for equal values alone (JSON Schema Core §4.2.2). */
  private static void write(Object value, StringBuilder to) {
    if (value instanceof JsonObject object) {
      to.append('{');
      for (String name : new TreeSet<>(object.fieldNames())) {
        write(name, to);
        write(object.getValue(name), to);
      }
      to.append('}');
    } else if (value instanceof JsonArray array) {
      to.append('[');
      for (Object item : array) write(item, to);
      to.append(']');
    } else if (value instanceof String text) {
      to.append('"').append(text.length()).append(' ').append(text);
    } else {
      to.append(value instanceof Number number ? exact(number) : value).append(' ');
    }
  }
}
