package dev.sluice.app.studio.sync;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Where in a JSON value something is. It is written out only where that is told: of all places it
 * would take more than the value itself.
 *
 * @param in null, of the whole
 * @param name of the member, or the index of the element
 */
record Place(Place in, String name) {
  static final Place WHOLE = new Place(null, "");

  Place of(String member) {
    return new Place(this, member);
  }

  Place of(int element) {
    return new Place(this, Integer.toString(element));
  }

  /** As a JSON pointer (RFC 6901 §3). */
  String pointer() {
    Deque<String> names = new ArrayDeque<>();
    for (Place place = this; place.in != null; place = place.in) names.push(place.name);
    StringBuilder pointer = new StringBuilder();
    for (String name : names) {
      pointer.append('/').append(name.replace("~", "~0").replace("/", "~1"));
    }
    return pointer.toString();
  }
}
