package dev.sluice.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.conf.InvalidConfiguration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Every operation of every app and of the user's own APIs, from their OpenAPI documents. Immutable;
 * building one throws {@link InvalidConfiguration} with every mistake of every document.
 */
public final class Contract {
  private final Map<String, Operation> operations = new LinkedHashMap<>();
  private final Routes routes;
  private final ObjectNode published;
  private final Map<String, JsonNode> sources = new HashMap<>();

  private Contract(List<Operation> operations, ObjectNode published) {
    operations.forEach(o -> this.operations.put(o.id(), o));
    this.routes = new Routes(operations);
    this.published = published;
  }

  /**
   * Reads the documents.
   *
   * @param sources by different names
   * @param known what policies may speak of
   */
  public static Contract of(List<Source> sources, Known known) {
    List<String> mistakes = new ArrayList<>();
    List<Operation> operations = new ArrayList<>();
    Map<String, String> seen = new HashMap<>();
    Map<String, String> shapes = new HashMap<>();
    for (Source source : sources) {
      for (OpenApi.Found found : new OpenApi(source, known, mistakes).read()) {
        Operation o = found.operation();
        String where = source.document().mistake(found.pointer(), "");
        clash(seen, "operationId " + o.id(), where, mistakes);
        String shape = o.path().replaceAll("\\{[^}]*}", "{}");
        clash(seen, o.method() + " " + shape, where, mistakes);
        String first = shapes.putIfAbsent(shape, o.path());
        if (first != null && !first.equals(o.path())) {
          mistakes.add(where + o.path() + " is " + first + " by other names; use the same");
        }
        operations.add(o);
      }
    }
    ObjectNode published = Publication.merge(sources, mistakes);
    if (!mistakes.isEmpty()) {
      throw new InvalidConfiguration(mistakes.stream().distinct().toList());
    }
    Contract contract = new Contract(operations, published);
    sources.forEach(source -> contract.sources.put(source.name(), source.document().root()));
    return contract;
  }

  /** Whether it is made of the same documents. */
  public boolean isSame(Contract other) {
    return sources.equals(other.sources);
  }

  /** Whether a document, if there is one of that name in either, is the same in both. */
  public boolean isSame(Contract other, String name) {
    return Objects.equals(sources.get(name), other.sources.get(name));
  }

  private static void clash(
      Map<String, String> seen, String what, String where, List<String> mistakes) {
    String first = seen.putIfAbsent(what, where);
    if (first == null) return;
    mistakes.add(where + what + " is already declared at " + first.replaceFirst(": $", ""));
  }

  public List<Operation> operations() {
    return List.copyOf(operations.values());
  }

  /** The operations of one app's document. */
  public List<Operation> operations(String app) {
    return operations.values().stream().filter(o -> o.app().equals(app)).toList();
  }

  /** The operation of that id, or null. */
  public Operation operation(String id) {
    return operations.get(id);
  }

  public Routes routes() {
    return routes;
  }

  /** All documents as one, without the policies. */
  public JsonNode published() {
    return published;
  }

  /** Refuses operations of an app without a handler, and handlers without an operation. */
  public void matchHandlers(String app, Set<String> handlers) {
    Set<String> declared = new TreeSet<>();
    for (Operation o : operations.values()) {
      if (o.app().equals(app) && o.relay() == null) declared.add(o.id());
    }
    List<String> mistakes = new ArrayList<>();
    for (String id : declared) {
      if (!handlers.contains(id)) {
        mistakes.add("app " + app + ": operation " + id + " has no handler; add it to the app");
      }
    }
    for (String id : new TreeSet<>(handlers)) {
      if (!declared.contains(id)) {
        String reason =
            operations.containsKey(id)
                ? " is for an operation that an upstream answers; take one of them out"
                : " has no operation; declare it in openapi.yaml";
        mistakes.add("app " + app + ": handler " + id + reason);
      }
    }
    if (!mistakes.isEmpty()) throw new InvalidConfiguration(mistakes);
  }
}
