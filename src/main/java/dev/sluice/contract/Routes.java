package dev.sluice.contract;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The route table: a tree over path segments, a literal before a parameter. Built once, immutable,
 * its cost independent of the number of routes.
 */
public final class Routes {
  private final Node root = new Node();

  public Routes(List<Operation> operations) {
    operations.forEach(this::add);
  }

  /**
   * What stands at a path.
   *
   * @param operations by method
   * @param values the path's parameters, still as the client wrote them
   */
  public record Match(Map<String, Operation> operations, Map<String, String> values) {
    /** The server itself: the target of {@code OPTIONS *} (RFC 9110 §9.3.7). */
    public static final Match SERVER = new Match(Map.of(), Map.of());

    /** The operation for a method, HEAD being GET without the body; null where there is none. */
    public Operation operation(String method) {
      Operation found = operations.get(method);
      return found == null && method.equals("HEAD") ? operations.get("GET") : found;
    }

    /** The methods for an Allow header (RFC 9110 §10.2.1). */
    public Set<String> allowed() {
      Set<String> methods = new TreeSet<>(operations.keySet());
      if (methods.contains("GET")) methods.add("HEAD");
      methods.add("OPTIONS");
      return methods;
    }
  }

  /** What stands at a raw path, or null. */
  public Match match(String path) {
    if (path.equals("*")) return Match.SERVER;
    if (path.isEmpty() || path.charAt(0) != '/') return null;
    Node node = find(root, path, 1);
    if (node == null) return null;
    String[] segments = path.substring(1).split("/", -1);
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < segments.length; i++) {
      String name = node.names[i];
      if (name != null) values.put(name, segments[i]);
    }
    return new Match(node.operations, values);
  }

  /** Below a node, what stands at the rest of a path, which begins with a segment. */
  private static Node find(Node node, String path, int from) {
    if (from > path.length()) return node.operations.isEmpty() ? null : node;
    int slash = path.indexOf('/', from);
    int end = slash < 0 ? path.length() : slash;
    Node literal = node.literals.get(path.substring(from, end));
    Node found = literal == null ? null : find(literal, path, end + 1);
    if (found != null || node.parameter == null || end == from) return found;
    return find(node.parameter, path, end + 1);
  }

  private void add(Operation operation) {
    String[] segments = operation.path().substring(1).split("/", -1);
    String[] names = new String[segments.length];
    Node node = root;
    for (int i = 0; i < segments.length; i++) {
      names[i] = parameterName(segments[i]);
      node = names[i] == null ? node.literal(segments[i]) : node.parameter();
    }
    node.names = names;
    node.operations.put(operation.method(), operation);
  }

  private static String parameterName(String segment) {
    boolean parameter = segment.startsWith("{") && segment.endsWith("}");
    return parameter ? segment.substring(1, segment.length() - 1) : null;
  }

  private static final class Node {
    final Map<String, Node> literals = new HashMap<>();
    final Map<String, Operation> operations = new TreeMap<>();
    Node parameter;
    String[] names = {};

    Node literal(String segment) {
      return literals.computeIfAbsent(segment, s -> new Node());
    }

    Node parameter() {
      if (parameter == null) parameter = new Node();
      return parameter;
    }
  }
}
