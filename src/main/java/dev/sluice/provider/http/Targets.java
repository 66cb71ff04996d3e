package dev.sluice.provider.http;

import dev.sluice.call.Failure;
import dev.sluice.call.Params;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Parameter;
import dev.sluice.contract.Relay;
import dev.sluice.contract.Template;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/**
 * Writes the path and query of a request to an upstream: a function of a call's parameters and of
 * nothing else, so that equal calls are equal requests. Pure.
 */
final class Targets {
  private static final String HEX = "0123456789ABCDEF";

  private Targets() {}

  /** Throws {@link Failure} VALIDATION_ERROR for values that no path can have. */
  static String of(Operation operation, Params params) {
    Relay relay = operation.relay();
    for (String name : relay.path().parameters()) checkSegment(name, params);
    StringBuilder target = new StringBuilder(relay.path().fill(params, v -> encode(text(v))));
    int path = target.length();
    for (Parameter parameter : operation.parameters()) {
      boolean stays = parameter.in() == Parameter.In.QUERY;
      if (!stays || relay.placed().contains(parameter.name())) continue;
      if (relay.query().containsKey(parameter.name())) continue;
      Object value = params.values().get(parameter.name());
      if (value != null) add(target, parameter, value);
    }
    relay.query().forEach((name, template) -> add(target, name, template, params));
    if (target.length() > path) target.setCharAt(path, '?');
    return target.toString();
  }

  /** A parameter as the contract has it: each item on its own, or all in one. */
  private static void add(StringBuilder target, Parameter parameter, Object value) {
    if (value instanceof List<?> items && parameter.separator() == null) {
      items.forEach(item -> add(target, parameter.name(), encode(Parameter.plain(item))));
    } else if (value instanceof List<?> items) {
      String between = parameter.separator().equals(",") ? "," : encode(parameter.separator());
      List<String> texts = items.stream().map(item -> encode(Parameter.plain(item))).toList();
      add(target, parameter.name(), String.join(between, texts));
    } else {
      add(target, parameter.name(), encode(Parameter.plain(value)));
    }
  }

  private static void add(StringBuilder target, String name, Template template, Params params) {
    Object value = template.alone() == null ? null : params.values().get(template.alone());
    if (value instanceof List<?> items) {
      items.forEach(item -> add(target, name, encode(Parameter.plain(item))));
      return;
    }
    String text = template.fill(params, Targets::text);
    if (text != null) add(target, name, encode(text));
  }

  private static void add(StringBuilder target, String name, String encoded) {
    target.append('&').append(encode(name)).append('=').append(encoded);
  }

  /**
   * A value must stay the one segment that it is, also for an upstream that decodes before it
   * resolves dots (RFC 3986 §6.2.2.3).
   */
  private static void checkSegment(String name, Params params) {
    String text = text(params.values().get(name));
    if (text.isEmpty()) throw Failure.invalid(name, "must not be empty", text);
    for (String step : text.split("[/\\\\;]", -1)) {
      if (step.equals(".") || step.equals("..")) {
        throw Failure.invalid(name, "must not have dot segments", text);
      }
    }
  }

  static String text(Object value) {
    Function<Object, String> plain = Parameter::plain;
    return value instanceof List<?> items
        ? String.join(",", items.stream().map(plain).toList())
        : plain.apply(value);
  }

  /** Percent-encodes all but what is unreserved (RFC 3986 §2.3). */
  static String encode(String text) {
    StringBuilder encoded = new StringBuilder(text.length() + 16);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean letter = b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9';
      if (letter || b == '-' || b == '.' || b == '_' || b == '~') encoded.append((char) b);
      else encoded.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
    }
    return encoded.toString();
  }
}
