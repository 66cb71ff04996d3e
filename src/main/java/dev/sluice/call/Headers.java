package dev.sluice.call;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Header fields in order, names in lower case, repeats kept: {@code [name, value, name, value, …]}.
 */
public record Headers(@JsonValue List<String> flat) {
  public static final Headers NONE = new Headers(List.of());

  @JsonCreator
  public Headers {
    flat = List.copyOf(flat);
  }

  public static Headers of(String... namesAndValues) {
    return new Headers(List.of(namesAndValues));
  }

  /** The first value of that name, or null. */
  public String get(String name) {
    for (int i = 0; i < flat.size(); i += 2) if (flat.get(i).equals(name)) return flat.get(i + 1);
    return null;
  }

  public Headers with(String name, String value) {
    List<String> more = new ArrayList<>(flat);
    more.add(name);
    more.add(value);
    return new Headers(more);
  }

  public Headers without(String name) {
    if (get(name) == null) return this;
    List<String> others = new ArrayList<>();
    forEach(
        (each, value) -> {
          if (!each.equals(name)) others.addAll(List.of(each, value));
        });
    return new Headers(others);
  }

  public void forEach(BiConsumer<String, String> action) {
    for (int i = 0; i < flat.size(); i += 2) action.accept(flat.get(i), flat.get(i + 1));
  }
}
