package dev.sluice.app.studio.sync;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Whether parts of some values are equal. That two differ is known by a mark of each, which is made
 * once: to compare them anew at each level would take as many times as long as they are deep.
 */
final class Likeness {
  private final Map<JsonNode, Long> marks = new IdentityHashMap<>();

  /** Null is what is not there. */
  boolean same(JsonNode one, JsonNode other) {
    if (one == other) return true;
    if (one == null || other == null) return false;
    return mark(one) == mark(other) && one.equals(other);
  }

  private long mark(JsonNode node) {
    if (!node.isContainerNode()) return mixed(node.hashCode());
    Long known = marks.get(node);
    if (known != null) return known;
    long mark = node.isObject() ? ofMembers(node) : ofElements(node);
    marks.put(node, mark);
    return mark;
  }

  /** In whatever order they are (RFC 8259 §1). */
  private long ofMembers(JsonNode object) {
    long sum = 1;
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      sum += mixed(member.getKey().hashCode() * 31L + mark(member.getValue()));
    }
    return sum;
  }

  private long ofElements(JsonNode array) {
    long mark = 2;
    for (JsonNode element : array) mark = mixed(mark * 31 + mark(element));
    return mark;
  }

  /** The last step of SplitMix64. */
  private static long mixed(long z) {
    long y = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    long x = (y ^ y >>> 27) * 0x94D049BB133111EBL;
    return x ^ x >>> 31;
  }
}
