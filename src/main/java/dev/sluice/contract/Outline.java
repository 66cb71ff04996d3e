package dev.sluice.contract;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A large value with little left of it: what is on the way to one place within it, and beside that
 * way nothing but plain values. Holding it against a schema costs little, and tells what is wrong
 * at that place. Names of fields are as {@link Refusals} gives them.
 */
final class Outline {
  private static final int MOST = 256; // members or items of one value: no place is behind them

  private final List<Object> way;
  private final Set<String> emptied = new HashSet<>(); // or left out
  private Object value;

  private Outline(List<Object> way) {
    this.way = way;
  }

  /** {@code way} has the names of members, and the numbers of items. */
  static Outline of(Object value, List<Object> way) {
    Outline outline = new Outline(way);
    outline.value = outline.reduced(value, 0, "");
    return outline;
  }

  Object value() {
    return value;
  }

  /** The place's own name, or that of the whole. */
  String place(String whole) {
    return way.isEmpty()
        ? whole
        : way.stream().map(String::valueOf).collect(Collectors.joining("."));
  }

  /**
   * Whether a field is not what it was, or within one that is not: what is said of it is not so.
   */
  boolean isEmptied(String field) {
    for (int dot = field.indexOf('.'); dot >= 0; dot = field.indexOf('.', dot + 1)) {
      if (emptied.contains(field.substring(0, dot))) return true;
    }
    return emptied.contains(field);
  }

  /**
   * Whether the validator is better not asked for all that is wrong: it compares each with each.
   */
  static boolean isNeeded(Object value) {
    if (value instanceof JsonArray array) {
      return array.size() > MOST || array.stream().anyMatch(Outline::isNeeded);
    }
    return value instanceof JsonObject object
        && (object.size() > MOST
            || object.stream().anyMatch(member -> isNeeded(member.getValue())));
  }

  private Object reduced(Object given, int at, String name) {
    Object next = at < way.size() ? way.get(at) : null;
    if (given instanceof JsonObject object) {
      JsonObject less = new JsonObject();
      for (String member : object.fieldNames()) {
        boolean there = member.equals(next);
        if (less.size() >= MOST && !there) emptied.add(name + member);
        else less.put(member, child(object.getValue(member), there, at, name + member));
      }
      return less;
    }
    if (given instanceof JsonArray array) {
      JsonArray less = new JsonArray();
      for (int i = 0; i < Math.min(array.size(), MOST); i++) {
        less.add(child(array.getValue(i), Integer.valueOf(i).equals(next), at, name + i));
      }
      return less;
    }
    return given;
  }

  private Object child(Object child, boolean onTheWay, int at, String name) {
    if (onTheWay) return reduced(child, at + 1, name + ".");
    if (!(child instanceof JsonObject) && !(child instanceof JsonArray)) return child;
    emptied.add(name);
    int one = emptied.size(); // of its own kind, or two were the same item
    return child instanceof JsonObject ? new JsonObject().put("", one) : new JsonArray().add(one);
  }
}
