package dev.sluice.conf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Turns a part of a document into a record; what does not fit is named with file and line. */
public final class Binding {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .withCoercionConfig(
              LogicalType.Textual,
              text ->
                  text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .addModule(new SimpleModule().addDeserializer(Duration.class, new Durations()))
          .build();

  private Binding() {}

  /**
   * What is wrong, and where.
   *
   * @param named the values that are at odds, where they are known
   * @param unknown whether it is a key that is not known,
   * @param slip and was probably meant for another
   */
  private record Finding(
      String pointer, String reason, List<String> named, boolean unknown, boolean slip) {
    Finding(String pointer, String reason) {
      this(pointer, reason, List.of(), false, false);
    }
  }

  /** Binds the value at {@code pointer}; throws {@link InvalidConfiguration} with all mistakes. */
  public static <T> T bind(Document document, String pointer, Class<T> type) {
    List<String> mistakes = new ArrayList<>();
    T bound = bind(document, pointer, type, Usual.NONE, mistakes);
    if (mistakes.isEmpty()) return bound;
    throw new InvalidConfiguration(mistakes);
  }

  /**
   * The same, but tells the mistakes, each once and none that only follows from another, and binds
   * what is right; null where too little is.
   *
   * @param usual for the whole document: what is wrong is bound as it says
   */
  public static <T> T bind(
      Document document, String pointer, Class<T> type, Usual usual, List<String> mistakes) {
    Repair repair = new Repair(document, usual);
    Set<String> said = new HashSet<>();
    while (true) {
      try {
        return MAPPER.treeToValue(repair.rest().at(pointer), type);
      } catch (JsonProcessingException e) {
        Finding finding = explain(repair.rest(), pointer, e, usual);
        String mistake = repair.rest().mistake(finding.pointer, finding.reason);
        if (!repair.mayFollow(finding.pointer, finding.named)) mistakes.add(mistake);
        if (!said.add(finding.pointer + finding.reason)) return null; // nothing mends it
        if (finding.unknown) repair.takeOutKey(finding.pointer, finding.slip);
        else if (!repair.takeOut(finding.pointer, pointer)) return null;
      }
    }
  }

  private static Finding explain(
      Document document, String pointer, JsonProcessingException e, Usual usual) {
    if (!(e instanceof JsonMappingException mapping)) {
      return new Finding(pointer, e.getOriginalMessage());
    }
    String at = pointer + path(mapping);
    String key = name(at);
    if (mapping instanceof UnrecognizedPropertyException unknown) {
      List<String> valid = unknown.getKnownPropertyIds().stream().map(Object::toString).toList();
      return unknown(at.substring(0, at.lastIndexOf('/')), key, valid);
    }
    if (mapping instanceof InvalidFormatException format) {
      return new Finding(at, key + ": " + misformed(format));
    }
    return mapping instanceof ValueInstantiationException refused
        ? refused(document, at, refused, usual)
        : mismatch(document, at, mapping);
  }

  private static String misformed(InvalidFormatException format) {
    Object value = format.getValue();
    Class<?> target = format.getTargetType();
    if (target.isEnum()) {
      return "\"" + value + "\" is not valid" + Nearest.hint("" + value, values(target));
    }
    if (target == String.class) { // 007 would silently become 7
      return value + " is not text; put it in quotes";
    }
    if (target == Duration.class) return tail(format.getOriginalMessage());
    return "\"" + value + "\" is not " + expected(target);
  }

  /**
   * A record that refuses a value of its own begins with that key's name, and names others that are
   * at odds with it: the first of them that is not as usual is the one to be changed.
   */
  private static Finding refused(
      Document document, String at, ValueInstantiationException e, Usual usual) {
    Finding misspelt = misspelt(document, at, e.getType().getRawClass());
    if (misspelt != null) return misspelt;
    String reason = String.valueOf(e.getCause().getMessage());
    List<String> named =
        Stream.of(reason.split("[^A-Za-z.]+"))
            .map(word -> at + "/" + word.replace('.', '/').replaceFirst("/$", ""))
            .filter(own -> !document.at(own).isMissingNode())
            .toList();
    if (!named.isEmpty()
        && keys(e.getType().getRawClass()).contains(reason.split("[^A-Za-z]", 2)[0])) {
      Predicate<String> odd = own -> !document.at(own).equals(usual.at(own));
      String own = named.stream().filter(odd).findFirst().orElse(named.get(0));
      return new Finding(own, reason, named, false, false);
    }
    String key = name(at);
    return new Finding(at, (key.isEmpty() ? "" : key + ": ") + reason);
  }

  private static Finding mismatch(Document document, String at, JsonMappingException e) {
    JsonNode found = document.at(at);
    Object from = e.getPath().isEmpty() ? null : e.getPath().get(e.getPath().size() - 1).getFrom();
    if (found.isMissingNode() && from instanceof Class<?> type) {
      String around = at.substring(0, at.lastIndexOf('/'));
      Finding misspelt = misspelt(document, around, type);
      return misspelt != null ? misspelt : new Finding(around, name(at) + " is missing");
    }
    if (e instanceof MismatchedInputException mismatch) {
      String expected = expected(mismatch.getTargetType());
      return new Finding(at, name(at) + " must be " + expected + ", not " + kind(found));
    }
    return new Finding(at, name(at) + ": " + e.getOriginalMessage());
  }

  /** What is missed is often there under a slip's name, which Jackson looks at later. */
  private static Finding misspelt(Document document, String at, Class<?> type) {
    if (!type.isRecord()) return null;
    List<String> valid = keys(type);
    for (Map.Entry<String, JsonNode> entry : document.at(at).properties()) {
      if (!valid.contains(entry.getKey())) return unknown(at, entry.getKey(), valid);
    }
    return null;
  }

  private static List<String> keys(Class<?> record) {
    return Arrays.stream(record.getRecordComponents()).map(RecordComponent::getName).toList();
  }

  private static Finding unknown(String at, String key, List<String> valid) {
    String reason = "unknown key \"" + key + "\"" + Nearest.hint(key, valid);
    boolean slip = Nearest.find(key, valid).isPresent();
    return new Finding(at + Document.token(key), reason, List.of(), true, slip);
  }

  private static String path(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      path.append(
          step.getFieldName() == null
              ? "/" + step.getIndex()
              : Document.token(step.getFieldName()));
    }
    return path.toString();
  }

  /** Jackson puts its own words before ours. */
  private static String tail(String message) {
    return message.substring(Math.max(0, message.indexOf(": ") + 2));
  }

  /** The last key of a path; an item of a list is called by the list's name. */
  private static String name(String pointer) {
    String path = pointer.replaceFirst("(/[0-9]+)+$", "");
    String token = path.substring(path.lastIndexOf('/') + 1);
    return token.replace("~1", "/").replace("~0", "~");
  }

  private static String expected(Class<?> type) {
    if (type == null) return "something else";
    if (Collection.class.isAssignableFrom(type)) return "a list";
    if (Map.class.isAssignableFrom(type)) return "a section of names and values";
    return switch (type.getSimpleName()) {
      case "int", "long", "Integer", "Long" -> "a whole number";
      case "boolean", "Boolean" -> "true or false";
      case "double", "Double" -> "a number";
      case "String" -> "text";
      case "Duration" -> "a duration such as 250ms, 5s, 10m, 4h or 7d";
      case "Size" -> "a size such as 64KiB or 10MB";
      default ->
          type.isEnum() ? "one of " + String.join(", ", values(type)) : "a section of its own";
    };
  }

  private static String kind(JsonNode found) {
    return switch (found.getNodeType()) {
      case ARRAY -> "a list";
      case OBJECT -> "a section";
      case NULL -> "empty";
      default -> found.toString();
    };
  }

  private static List<String> values(Class<?> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(constant -> MAPPER.valueToTree(constant).toString())
        .map(text -> text.replace("\"", "").toLowerCase(Locale.ROOT))
        .toList();
  }
}
