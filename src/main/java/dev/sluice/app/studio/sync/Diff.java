package dev.sluice.app.studio.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What differs between two JSON values, as JSON Patch (RFC 6902). Pure, in linear time: the
 * libraries there are look for the longest common part of two arrays, in quadratic time, and a
 * client could have the gateway do that.
 */
public final class Diff {
  private static final int MOST = 1_000; // operations,
  private static final int LONGEST = 100_000; // and characters of their paths together

  private final Likeness likeness = new Likeness();
  private final List<Change> changes = new ArrayList<>();
  private int length;

  /** One operation; {@code value} is null of a removal. */
  private record Change(String op, String path, JsonNode value) {}

  private Diff() {}

  /**
   * The patch that makes one into the other. Where there would be very many operations it says less
   * of what has changed, in the end that the whole has.
   */
  public static ArrayNode between(JsonNode from, JsonNode to) {
    Diff diff = new Diff();
    diff.compare(Place.WHOLE, from, to);
    ArrayNode patch = Json.NODES.arrayNode();
    for (Change change : diff.changes) {
      ObjectNode operation = patch.addObject().put("op", change.op).put("path", change.path);
      if (change.value != null) operation.set("value", change.value);
    }
    return patch;
  }

  private void compare(Place place, JsonNode from, JsonNode to) {
    if (likeness.same(from, to)) return;
    int before = changes.size();
    if (from.isObject() && to.isObject()) members(place, from, to);
    else if (from.isArray() && to.isArray()) elements(place, from, to);
    else change("replace", place, to);
    if (isFull() && from.isContainerNode()) {
      while (changes.size() > before) length -= changes.remove(changes.size() - 1).path.length();
      change("replace", place, to);
    }
  }

  private void members(Place place, JsonNode from, JsonNode to) {
    for (Map.Entry<String, JsonNode> member : from.properties()) {
      if (isFull()) return;
      JsonNode then = to.get(member.getKey());
      Place at = place.of(member.getKey());
      if (then == null) change("remove", at, null);
      else compare(at, member.getValue(), then);
    }
    for (Map.Entry<String, JsonNode> member : to.properties()) {
      if (isFull()) return;
      if (!from.has(member.getKey())) change("add", place.of(member.getKey()), member.getValue());
    }
  }

  /** What is equal at both ends stays; of the rest one is compared with the other at its place. */
  private void elements(Place place, JsonNode from, JsonNode to) {
    int both = Math.min(from.size(), to.size());
    int head = 0;
    while (head < both && likeness.same(from.get(head), to.get(head))) head++;
    int tail = 0;
    while (tail < both - head && likeness.same(last(from, tail), last(to, tail))) tail++;
    int paired = both - tail;
    for (int i = head; i < paired && !isFull(); i++) compare(place.of(i), from.get(i), to.get(i));
    for (int i = paired; i < to.size() - tail && !isFull(); i++) {
      change("add", place.of(i), to.get(i));
    }
    for (int i = paired; i < from.size() - tail && !isFull(); i++) {
      change("remove", place.of(paired), null); // the next one moves up
    }
  }

  private static JsonNode last(JsonNode array, int before) {
    return array.get(array.size() - 1 - before);
  }

  private void change(String op, Place place, JsonNode value) {
    String path = place.pointer();
    length += path.length();
    changes.add(new Change(op, path, value));
  }

  private boolean isFull() {
    return changes.size() > MOST || length > LONGEST;
  }
}
