package dev.sluice.app.interceptor;

import dev.sluice.conf.Nearest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Reads settings of an interceptor. Throws IllegalArgumentException with words for a person. */
final class Knob {
  private Knob() {}

  static void onlyKnown(JsonObject settings, Set<String> known) {
    for (String name : settings.fieldNames()) {
      if (known.contains(name)) continue;
      throw new IllegalArgumentException(
          "unknown key \"" + name + "\"" + Nearest.hint(name, known));
    }
  }

  static boolean flag(JsonObject settings, String name) {
    Object value = settings.getValue(name, false);
    if (value instanceof Boolean flag) return flag;
    throw new IllegalArgumentException(name + " must be true or false");
  }

  static int number(JsonObject settings, String name, int absent, int most) {
    Object value = settings.getValue(name, absent);
    if (value instanceof Number n && n.intValue() >= 1 && n.intValue() <= most) return n.intValue();
    throw new IllegalArgumentException(name + " must be from 1 to " + most);
  }

  static String text(JsonObject settings, String name) {
    Object value = settings.getValue(name, "");
    if (value instanceof String text) return text;
    throw new IllegalArgumentException(name + " must be text");
  }

  static Duration seconds(JsonObject settings, String name, int absent) {
    return Duration.ofSeconds(number(settings, name, absent, 86_400));
  }

  static List<String> texts(JsonObject settings, String name, Set<String> known) {
    if (!settings.containsKey(name)) return List.of();
    if (!(settings.getValue(name) instanceof io.vertx.core.json.JsonArray list)) {
      throw new IllegalArgumentException(name + " must be a list");
    }
    for (Object one : list) {
      if (!known.contains("" + one)) {
        throw new IllegalArgumentException(
            name + ": \"" + one + "\" is not known" + Nearest.hint("" + one, known));
      }
    }
    return list.stream().map(String::valueOf).distinct().toList();
  }
}
