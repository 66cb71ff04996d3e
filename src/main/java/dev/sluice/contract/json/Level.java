package dev.sluice.contract.json;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An object or an array that is being read, and where in it the reading is. */
final class Level {
  private final Map<String, Object> object; // null in an array
  private final List<Object> array; // null in an object
  private String name; // of the member that is being read; null between two
  private Set<String> spelled; // all names by their NFC, once one is not ASCII

  private Level(Map<String, Object> object, List<Object> array) {
    this.object = object;
    this.array = array;
  }

  static Level object() {
    return new Level(new LinkedHashMap<>(), null);
  }

  static Level array() {
    return new Level(null, new ArrayList<>());
  }

  void enter(String name) {
    this.name = name;
  }

  /** Why the member that was entered may not be there, or null. */
  String refusal(String name) {
    if (object.containsKey(name)) return "is there twice"; // RFC 8259 §4
    if (spelled == null) {
      if (isAscii(name)) return null;
      spelled = new HashSet<>(object.keySet());
    }
    boolean other = spelled.add(Normalizer.normalize(name, Normalizer.Form.NFC));
    return other ? null : "is there twice, in two spellings of the same name";
  }

  void put(Object value) {
    if (object == null) {
      array.add(value);
    } else {
      object.put(name, value);
      name = null;
    }
  }

  Object value() {
    return object == null ? array : object;
  }

  /** Where the reading is, as a token of a JSON pointer (RFC 6901 §3). */
  String token() {
    if (object == null) return "/" + array.size();
    return name == null ? "" : "/" + name.replace("~", "~0").replace("/", "~1");
  }

  private static boolean isAscii(String name) {
    return name.chars().allMatch(c -> c < 0x80);
  }
}
