package dev.sluice.app.studio.sync;

import static dev.sluice.app.studio.sync.RandomJson.read;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergedTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'a':1,'b':1}; {'a':2,'b':1}; {'a':1,'b':2}; {'a':2,'b':2}",
        "{'a':1}; {}; {'a':1,'b':2}; {'b':2}",
        "{}; {'a':1}; {'b':2}; {'b':2,'a':1}",
        "{'a':[1,2]}; {'a':[3,2]}; {'a':[1,4]}; {'a':[3,4]}",
        "{'a':[1,2]}; {'a':[1,2]}; {'a':[1]}; {'a':[1]}",
        "{'a':{'b':1}}; {'a':{'b':1,'c':2}}; {'a':{'b':3}}; {'a':{'b':3,'c':2}}",
        "{'a':1}; {'a':{'x':1}}; {'a':{'y':1}}; {'a':{'y':1,'x':1}}",
        "; {'a':1}; {'b':1}; {'b':1,'a':1}",
        "[1]; [1,2]; [1,2]; [1,2]",
        "{'a':1.00}; {'a':1.00}; {'a':1.00,'b':1e2}; {'a':1.00,'b':1E+2}",
      })
  void whatDoesNotTouchIsJoined(String before, String mine, String theirs, String both) {
    Merged merged = Merged.of(json(before), json(mine), json(theirs));
    assertEquals(List.of(), merged.touching());
    assertEquals(both.replace('\'', '"'), Json.write(merged.value()).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'a':1}; {'a':2}; {'a':3}; /a",
        "{'a':1}; {}; {'a':3}; /a",
        "{'a':1}; {'a':3}; {}; /a",
        "{'a~':{'b/':1}}; {'a~':{'b/':2}}; {'a~':{'b/':3}}; /a~0/b~1",
        "{'a':[1]}; {'a':[1,2]}; {'a':[1,3]}; /a",
        "{'a':[1]}; {'a':[2]}; {'a':[3]}; /a/0",
        "[1]; [2]; {'a':1}; ",
        "; {'a':1}; {'a':2}; /a",
        "; [1]; [2]; ",
        "{'a':1}; {'a':1.5}; {'a':2.50}; /a",
      })
  void whatTouchesIsNamed(String before, String mine, String theirs, String place) {
    Merged merged = Merged.of(json(before), json(mine), json(theirs));
    assertFalse(merged.isWhole());
    assertEquals(List.of(place == null ? "" : place), merged.touching());
  }

  private static JsonNode json(String quoted) {
    return quoted == null ? null : read(quoted.replace('\'', '"'));
  }

  @Test
  void itIsTheSameWhoeverIsFirst() {
    int whole = 0;
    int tries = 3_000;
    for (int i = 0; i < tries; i++) {
      long seed = new Random().nextLong();
      RandomJson random = new RandomJson(seed);
      JsonNode before = i % 5 == 0 ? null : random.value(4);
      JsonNode mine = before == null ? random.value(3) : random.edited(before, 4);
      JsonNode theirs = before == null ? random.value(3) : random.edited(before, 4);
      Merged one = Merged.of(before, mine, theirs);
      Merged other = Merged.of(before, theirs, mine);
      assertEquals(new TreeSet<>(one.touching()), new TreeSet<>(other.touching()), "seed " + seed);
      if (!one.isWhole()) continue;
      whole++;
      assertEquals(one.value(), other.value(), "seed " + seed);
      assertHas(one.value(), before, mine, seed);
      assertHas(one.value(), before, theirs, seed);
    }
    assertTrue(whole > tries / 10 && whole < tries * 9 / 10, whole + " of " + tries);
  }

  @Test
  void whatOnlyOneHasChangedIsTaken() {
    for (int i = 0; i < 1_000; i++) {
      long seed = new Random().nextLong();
      RandomJson random = new RandomJson(seed);
      JsonNode before = random.value(4);
      JsonNode mine = random.edited(before, 4);
      assertEquals(mine, Merged.of(before, mine, before).value(), "seed " + seed);
      assertEquals(mine, Merged.of(before, before, mine).value(), "seed " + seed);
      assertEquals(mine, Merged.of(before, mine, mine).value(), "seed " + seed);
    }
  }

  @Test
  void ofVeryManyPlacesTheFirstAreNamed() {
    ObjectNode mine = Json.NODES.objectNode();
    ObjectNode theirs = Json.NODES.objectNode();
    for (int i = 0; i < 5_000; i++) {
      mine.put("m" + i, 1);
      theirs.put("m" + i, 2);
    }
    assertEquals(1_000, Merged.of(null, mine, theirs).touching().size());
  }

  /** What one has made of what was there is there in the end, wherever it has changed anything. */
  private static void assertHas(JsonNode merged, JsonNode before, JsonNode one, long seed) {
    if (one.equals(before)) return;
    if (one instanceof ObjectNode object && merged.isObject()) {
      boolean known = before != null && before.isObject();
      for (var member : object.properties()) {
        JsonNode was = known ? before.get(member.getKey()) : null;
        if (member.getValue().equals(was)) continue;
        assertTrue(merged.has(member.getKey()), "seed " + seed);
        assertHas(merged.get(member.getKey()), was, member.getValue(), seed);
      }
      if (!known) return;
      for (var member : before.properties()) {
        if (!one.has(member.getKey())) assertFalse(merged.has(member.getKey()), "seed " + seed);
      }
      return;
    }
    if (one instanceof ArrayNode && merged.isArray() && merged.size() == one.size()) {
      boolean known = before != null && before.isArray() && before.size() == one.size();
      for (int i = 0; i < one.size(); i++) {
        assertHas(merged.get(i), known ? before.get(i) : null, one.get(i), seed);
      }
      return;
    }
    assertEquals(one, merged, "seed " + seed);
  }
}
