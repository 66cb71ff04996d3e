package dev.sluice.conf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Turns a part of a document into a record; what does not fit is named with file and line. */
public final class Binding {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .addModule(new SimpleModule().addDeserializer(Duration.class, new Durations()))
          .build();

  private Binding() {}

  /** Binds the value at {@code pointer}; throws {@link InvalidConfiguration}. */
  public static <T> T bind(Document document, String pointer, Class<T> type) {
    try {
      return MAPPER.treeToValue(document.at(pointer), type);
    } catch (JsonProcessingException e) {
      throw new InvalidConfiguration(explain(document, pointer, e));
    }
  }

  private static String explain(Document document, String pointer, JsonProcessingException e) {
    if (!(e instanceof JsonMappingException mapping)) {
      return document.mistake(pointer, e.getOriginalMessage());
    }
    String at = pointer + path(mapping);
    String key = at.substring(at.lastIndexOf('/') + 1);
    if (mapping instanceof UnrecognizedPropertyException unknown) {
      List<String> valid = unknown.getKnownPropertyIds().stream().map(Object::toString).toList();
      return document.mistake(at, "unknown key \"" + key + "\"" + Nearest.hint(key, valid));
    }
    if (mapping instanceof InvalidFormatException format) {
      Object value = format.getValue();
      Class<?> target = format.getTargetType();
      if (target.isEnum()) {
        List<String> valid =
            Arrays.stream(target.getEnumConstants())
                .map(MAPPER::valueToTree)
                .map(Object::toString)
                .map(s -> s.replace("\"", ""))
                .toList();
        return document.mistake(
            at, key + ": \"" + value + "\" is not valid" + Nearest.hint("" + value, valid));
      }
      if (target == Duration.class) {
        return document.mistake(at, key + ": " + tail(format.getOriginalMessage()));
      }
      return document.mistake(
          at, key + ": \"" + value + "\" is not " + article(target.getSimpleName()));
    }
    Throwable cause = mapping instanceof ValueInstantiationException ? mapping.getCause() : mapping;
    String reason =
        cause instanceof JsonProcessingException json
            ? json.getOriginalMessage()
            : cause.getMessage();
    return document.mistake(at, (key.isEmpty() ? "" : key + ": ") + reason);
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

  private static String article(String type) {
    return switch (type) {
      case "int", "long", "Integer", "Long" -> "a whole number";
      case "boolean", "Boolean" -> "true or false";
      case "double", "Double" -> "a number";
      default -> "a " + type;
    };
  }
}
