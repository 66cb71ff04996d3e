package dev.sluice.http.batch;

import dev.sluice.call.Body;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Field;
import dev.sluice.call.JsonText;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The parts of a batch, each after all that it depends on.
 *
 * @param parts by id, in an order in which they can be run
 * @param ids in the order in which they are to be answered
 * @param sequential whether each is begun when the one before has ended, however it did
 */
public record Plan(Map<String, Part> parts, List<String> ids, boolean sequential) {
  /** Fields that are the connection's or a browser's own, and no part's. */
  private static final Set<String> NO_PARTS =
      Set.of(
          "host",
          "connection",
          "keep-alive",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "content-length",
          "content-encoding",
          "expect",
          "cookie");

  /**
   * Reads a body that fits the contract. Throws VALIDATION_ERROR where ids stand twice, parts
   * depend on what is not there or on each other in a circle, or a field cannot be a part's.
   */
  public static Plan of(Body body) {
    JsonObject asked = body.object();
    JsonArray requests = asked.getJsonArray("requests");
    List<Buffer> written = JsonText.memberOfEach(JsonText.member(body.bytes(), "requests"), "body");
    Set<String> ids = new LinkedHashSet<>();
    List<Field> wrong = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      String id = requests.getJsonObject(i).getString("id");
      if (!ids.add(id)) wrong.add(wrong(i, "id", "stands twice", id));
    }
    Map<String, Part> read = new LinkedHashMap<>();
    for (int i = 0; i < requests.size(); i++) {
      Part part = part(requests.getJsonObject(i), written.get(i), i, ids, wrong);
      read.putIfAbsent(part.id(), part);
    }
    if (!wrong.isEmpty()) throw Failure.invalid(wrong);
    boolean sequential = asked.getBoolean("sequential", false);
    return new Plan(inOrder(read), List.copyOf(read.keySet()), sequential);
  }

  private static Part part(
      JsonObject given, Buffer written, int i, Set<String> ids, List<Field> wrong) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (Map.Entry<String, Object> field : given.getJsonObject("headers", new JsonObject())) {
      String name = field.getKey();
      if (NO_PARTS.contains(name.toLowerCase(java.util.Locale.ROOT))) {
        wrong.add(wrong(i, "headers." + name, "cannot be a part's own", null));
      } else if (headers.contains(name)) {
        wrong.add(wrong(i, "headers." + name, "stands twice", null));
      } else {
        headers.add(name, field.getValue().toString());
      }
    }
    Set<String> after = new LinkedHashSet<>();
    for (Object other : given.getJsonArray("dependsOn", new JsonArray())) {
      if (ids.contains(other.toString())) after.add(other.toString());
      else wrong.add(wrong(i, "dependsOn", "there is no part of that id", other));
    }
    Part part =
        new Part(
            given.getString("id"),
            given.getString("method"),
            given.getString("path"),
            headers,
            given.getValue("body"),
            written,
            given.getBoolean("literal", false),
            after);
    if (!isPath(part.path())) {
      String must = "must begin with / and have nothing in it that a URL encodes";
      wrong.add(wrong(i, "path", must, part.path()));
    }
    try {
      after.addAll(References.in(part, ids));
    } catch (IllegalArgumentException e) {
      wrong.add(wrong(i, "references", e.getMessage(), null));
    }
    return part;
  }

  /** Spaces stand within references alone. */
  private static boolean isPath(String text) {
    if (!text.startsWith("/")) return false;
    for (int i = 0; i < text.length(); i++) {
      int end = text.startsWith("{{", i) ? text.indexOf("}}", i) : -1;
      if (end > 0) i = end + 1;
      else if (text.charAt(i) <= ' ' || text.charAt(i) > '~') return false;
    }
    return true;
  }

  private static Field wrong(int i, String name, String message, Object value) {
    return new Field("requests." + i + "." + name, message, value);
  }

  private static Map<String, Part> inOrder(Map<String, Part> parts) {
    Map<String, Part> ordered = new LinkedHashMap<>();
    List<Part> waiting = new ArrayList<>(parts.values());
    while (!waiting.isEmpty()) {
      boolean moved =
          waiting.removeIf(
              part -> {
                if (!ordered.keySet().containsAll(part.after())) return false;
                ordered.put(part.id(), part);
                return true;
              });
      if (!moved) throw circle(waiting);
    }
    return ordered;
  }

  /** Of those that cannot be ordered, some only wait for others of them. */
  private static Failure circle(List<Part> waiting) {
    Map<String, Part> left = new LinkedHashMap<>();
    waiting.forEach(part -> left.put(part.id(), part));
    Set<String> seen = new LinkedHashSet<>();
    String id = waiting.get(0).id();
    while (seen.add(id)) {
      Set<String> next = new HashSet<>(left.get(id).after());
      next.retainAll(left.keySet());
      id = next.iterator().next();
    }
    List<String> circle = new ArrayList<>(seen);
    String round = String.join(" → ", circle.subList(circle.indexOf(id), circle.size()));
    return Failure.invalid(
        "requests", "parts depend on each other in a circle: " + round + " → " + id, null);
  }
}
