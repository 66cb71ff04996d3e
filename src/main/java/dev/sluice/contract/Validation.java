package dev.sluice.contract;

import dev.sluice.call.Body;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Field;
import dev.sluice.call.Params;
import dev.sluice.conf.Nearest;
import dev.sluice.contract.json.JsonSettings;
import dev.sluice.contract.json.StrictJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Holds a request against its operation's contract; a breach names every field. */
public final class Validation {
  /** Of so many bytes all that is wrong is told, of more the first: to find all takes too long. */
  private static final int MOST_EXPLAINED = 16 << 10;

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
   * Reads a body that says it is JSON, and holds it against the schema that the contract gives; of
   * one that is streamed, checks only that it may be. Gives it with what it says. Throws {@link
   * Failure}.
   *
   * @param most how much structure it may have
   */
  public static Body body(Operation operation, Body body, JsonSettings most) {
    RequestBody declared = operation.body();
    if (declared == null) return body;
    if (body.isEmpty()) {
      if (declared.required()) throw Failure.invalid("body", "is required", null);
      return body;
    }
    if (body.isStreamed()) {
      streamed(operation, body);
      return body;
    }
    if (!Body.isJson(body.type())) return body;
    Object value = StrictJson.read(body.bytes(), most);
    if (declared.schema() != null && Body.JSON.equals(body.type())) {
      check(declared.schema(), value, body.weight());
    }
    return body.read(value);
  }

  /** The same of one that the gateway itself has made, which may be of any size. */
  public static Body body(Operation operation, Body body) {
    if (operation.body() == null && !body.isEmpty()) {
      throw Failure.invalid("body", "is not taken here", null);
    }
    return body(operation, body, JsonSettings.WIDEST);
  }

  private static void check(Schema schema, Object value, int weight) {
    List<Field> wrong =
        weight <= MOST_EXPLAINED ? schema.refusals(value) : schema.firstRefusals(value);
    if (!wrong.isEmpty()) throw Failure.invalid(wrong);
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
