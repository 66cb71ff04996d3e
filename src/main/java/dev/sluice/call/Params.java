package dev.sluice.call;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Named parameters with JSON values (String, Long, Double, Boolean, List), sorted by name so that
 * equal calls read equal.
 */
public record Params(@JsonValue Map<String, Object> values) {
  public static final Params NONE = new Params(Map.of());

  @JsonCreator
  public static Params of(Map<String, Object> values) {
    if (values.isEmpty()) return NONE;
    Map<String, Object> sorted = new TreeMap<>();
    values.forEach((name, value) -> sorted.put(name, normal(value)));
    return new Params(Collections.unmodifiableMap(sorted));
  }

  public boolean has(String name) {
    return values.get(name) != null;
  }

  /** The value as text, or null. */
  public String text(String name) {
    Object value = values.get(name);
    return value == null ? null : value.toString();
  }

  public int integer(String name, int absent) {
    return values.get(name) instanceof Number n ? n.intValue() : absent;
  }

  public boolean flag(String name) {
    return Boolean.TRUE.equals(values.get(name));
  }

  private static Object normal(Object value) {
    if (value instanceof Integer n) return n.longValue();
    if (value instanceof List<?> list) return list.stream().map(Params::normal).toList();
    return value;
  }
}
