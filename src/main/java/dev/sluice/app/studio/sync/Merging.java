package dev.sluice.app.studio.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One merge, as it goes on. What is not there is null. */
final class Merging {
  private static final int MOST = 1_000; // places that are told,
  private static final int LONGEST = 100_000; // and characters of them together

  private final Likeness likeness = new Likeness();
  private final List<String> touching = new ArrayList<>();
  private int length;

  List<String> touching() {
    return touching;
  }

  JsonNode join(Place place, JsonNode before, JsonNode mine, JsonNode theirs) {
    if (likeness.same(mine, theirs) || likeness.same(before, mine)) return theirs;
    if (likeness.same(before, theirs)) return mine;
    if (isObject(mine) && isObject(theirs)) return members(place, before, mine, theirs);
    if (areAsLong(before, mine, theirs)) return elements(place, before, mine, theirs);
    if (touching.isEmpty() || touching.size() < MOST && length < LONGEST) {
      String pointer = place.pointer();
      length += pointer.length();
      touching.add(pointer);
    }
    return theirs;
  }

  /** In their order, and then what only mine has. */
  private JsonNode members(Place place, JsonNode before, JsonNode mine, JsonNode theirs) {
    ObjectNode joined = Json.NODES.objectNode();
    JsonNode known = isObject(before) ? before : Json.NODES.objectNode();
    for (Map.Entry<String, JsonNode> member : theirs.properties()) {
      String name = member.getKey();
      set(joined, name, join(place.of(name), known.get(name), mine.get(name), member.getValue()));
    }
    for (Map.Entry<String, JsonNode> member : mine.properties()) {
      String name = member.getKey();
      if (theirs.has(name)) continue;
      set(joined, name, join(place.of(name), known.get(name), member.getValue(), null));
    }
    return joined;
  }

  private static void set(ObjectNode object, String name, JsonNode value) {
    if (value != null) object.set(name, value);
  }

  private JsonNode elements(Place place, JsonNode before, JsonNode mine, JsonNode theirs) {
    ArrayNode joined = Json.NODES.arrayNode(theirs.size());
    for (int i = 0; i < theirs.size(); i++) {
      joined.add(join(place.of(i), before.get(i), mine.get(i), theirs.get(i)));
    }
    return joined;
  }

  private static boolean isObject(JsonNode node) {
    return node != null && node.isObject();
  }

  private static boolean areAsLong(JsonNode before, JsonNode mine, JsonNode theirs) {
    for (JsonNode one : new JsonNode[] {before, mine, theirs}) {
      if (one == null || !one.isArray()) return false;
    }
    return before.size() == mine.size() && before.size() == theirs.size();
  }
}
