package dev.sluice.contract;

import dev.sluice.call.Body;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Field;
import dev.sluice.call.Params;
import dev.sluice.conf.Nearest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Holds a request against its operation's contract; a breach names every field. */
public final class Validation {
  private Validation() {}

  /** The text of a request's parameters, by where they stand. */
  public record Given(
      Map<String, String> path,
      Map<String, List<String>> query,
      Function<String, String> header,
      Function<String, List<String>> cookies) {}

  /** The typed parameters. Throws {@link Failure} VALIDATION_ERROR. */
  public static Params params(Operation operation, Given given) {
    List<Field> wrong = new ArrayList<>();
    Map<String, Object> values = new HashMap<>();
    Set<String> inQuery = new TreeSet<>();
    for (Parameter p : operation.parameters()) {
      if (p.in() == Parameter.In.QUERY) inQuery.add(p.name());
      Object value = p.read(given(p, given), wrong);
      if (value != null) values.put(p.name(), value);
    }
    for (String name : given.query.keySet()) {
      if (!inQuery.contains(name)) {
        wrong.add(new Field(name, "is not a parameter here" + Nearest.hint(name, inQuery), null));
      }
    }
    exactlyOne(operation.policy().exactlyOneOf(), values, wrong);
    if (!wrong.isEmpty()) throw Failure.invalid(wrong);
    return Params.of(values);
  }

  /** The parameters of a call that did not come through HTTP, whose values are JSON already. */
  public static Params params(Operation operation, Params given) {
    Map<String, List<String>> asText = new HashMap<>();
    given
        .values()
        .forEach(
            (name, value) -> {
              if (value != null) asText.put(name, texts(value)); // null is as good as absent
            });
    Map<String, String> single = new HashMap<>();
    Map<String, List<String>> query = new HashMap<>(asText);
    for (Parameter p : operation.parameters()) {
      if (p.in() == Parameter.In.QUERY) continue;
      query.remove(p.name());
      if (given.has(p.name())) single.put(p.name(), p.text(given.values().get(p.name())));
    }
    return params(
        operation, new Given(single, query, single::get, name -> single(single.get(name))));
  }

  private static List<String> texts(Object value) {
    return value instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of(value.toString());
  }

  /**
   * Checks a body against the schema the contract gives for JSON; of one that is streamed, only
   * that it may be. Throws {@link Failure}.
   */
  public static void body(Operation operation, Body body) {
    RequestBody declared = operation.body();
    if (declared == null) return;
    if (body.isEmpty()) {
      if (declared.required()) throw Failure.invalid("body", "is required", null);
      return;
    }
    if (body.isStreamed()) {
      streamed(operation, body);
      return;
    }
    if (declared.schema() == null || !Body.JSON.equals(body.type())) return;
    try {
      List<Field> wrong = declared.schema().refusals(Json.decodeValue(body.bytes()));
      if (!wrong.isEmpty()) throw Failure.invalid(wrong);
    } catch (DecodeException e) {
      throw Failure.invalid("body", "is not valid JSON", null);
    }
  }

  private static void streamed(Operation operation, Body body) {
    if (!operation.policy().streamsRequest()) {
      throw Failure.invalid("body", "is taken whole here, not as a stream", null);
    }
    if (!operation.body().takes(body.type())) {
      throw Failure.invalid("body", body.type() + " is not taken here", null);
    }
  }

  private static List<String> given(Parameter p, Given given) {
    return switch (p.in()) {
      case QUERY -> given.query.get(p.name());
      case PATH -> single(given.path.get(p.name()));
      case HEADER -> single(given.header.apply(p.name()));
      case COOKIE -> given.cookies.apply(p.name());
    };
  }

  private static List<String> single(String value) {
    return value == null ? null : List.of(value);
  }

  private static void exactlyOne(
      List<String> names, Map<String, Object> values, List<Field> wrong) {
    if (names.isEmpty() || !wrong.isEmpty()) return;
    long count = names.stream().filter(values::containsKey).count();
    if (count == 1) return;
    String all = String.join(" or ", names);
    wrong.add(
        new Field(names.get(0), count == 0 ? "give " + all : "give only one of " + all, null));
  }
}
