package dev.sluice.conf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A document of which every mistake, once found, is taken out, so that what else is wrong comes to
 * light. Not thread-safe.
 */
final class Repair {
  private final Document rest;
  private final Usual usual;
  private final Set<String> wrong = new HashSet<>();

  /** {@code usual} has what is to stand in the place of a wrong value; elsewhere it is removed. */
  Repair(Document document, Usual usual) {
    this.rest =
        new Document(document.file(), document.root().deepCopy(), new HashMap<>(document.places()));
    this.usual = usual;
  }

  /** What is there without the mistakes so far. */
  Document rest() {
    return rest;
  }

  /**
   * Whether what is wrong with a section may come of a mistake that was found within it.
   *
   * @param named the values that are at odds, where they are known
   */
  boolean mayFollow(String pointer, List<String> named) {
    return named.stream().anyMatch(wrong::contains)
        || wrong.stream().anyMatch(found -> found.startsWith(pointer + "/"));
  }

  /** Takes a wrong value out; false where that is no way on, or would take out {@code top}. */
  boolean takeOut(String pointer, String top) {
    wrong.add(pointer);
    for (String at = pointer; at.length() > top.length(); at = parent(at)) {
      JsonNode instead = usual.at(at);
      if (instead.isMissingNode()) return remove(at);
      if (instead.equals(rest.at(at))) continue;
      put(at, instead.deepCopy());
      return true;
    }
    return false;
  }

  private void put(String pointer, JsonNode value) {
    JsonNode around = rest.at(parent(pointer));
    if (around instanceof ArrayNode list) list.set(Integer.parseInt(key(pointer)), value);
    else ((ObjectNode) around).set(key(pointer), value);
  }

  /** Takes an unknown key out; {@code slip} where another was meant, which may now be missing. */
  void takeOutKey(String pointer, boolean slip) {
    if (slip) wrong.add(pointer);
    remove(pointer);
  }

  private boolean remove(String pointer) {
    JsonNode around = rest.at(parent(pointer));
    if (!(around instanceof ArrayNode list)) {
      return around instanceof ObjectNode object && object.remove(key(pointer)) != null;
    }
    int index = Integer.parseInt(key(pointer));
    list.remove(index);
    wrong.removeIf(found -> (found + "/").startsWith(pointer + "/"));
    for (int i = index; i < list.size(); i++) {
      movePlaces(parent(pointer) + "/" + (i + 1), parent(pointer) + "/" + i);
    }
    return true;
  }

  private void movePlaces(String from, String to) {
    Map<String, String> moved = new HashMap<>();
    rest.places()
        .forEach(
            (pointer, place) -> {
              boolean within = (pointer + "/").startsWith(from + "/");
              if (within) moved.put(to + pointer.substring(from.length()), place);
            });
    rest.places().keySet().removeIf(pointer -> (pointer + "/").startsWith(to + "/"));
    rest.places().putAll(moved);
  }

  private static String parent(String pointer) {
    return pointer.substring(0, pointer.lastIndexOf('/'));
  }

  private static String key(String pointer) {
    String token = pointer.substring(pointer.lastIndexOf('/') + 1);
    return token.replace("~1", "/").replace("~0", "~");
  }
}
