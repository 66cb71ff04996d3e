package dev.sluice.app.studio.sync;

import static dev.sluice.app.studio.sync.RandomJson.read;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiffTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'a':1,'b':2}; {'b':2,'a':1}; []",
        "{'a':1}; {'a':2,'b':3}; [{'op':'replace','path':'/a','value':2},{'op':'add','path':'/b','value':3}]",
        "{'a':{'x/y~z':1}}; {'a':{}}; [{'op':'remove','path':'/a/x~1y~0z'}]",
        "[1,2,3]; [1,3]; [{'op':'remove','path':'/1'}]",
        "[1,2]; [1,5,6,2]; [{'op':'add','path':'/1','value':5},{'op':'add','path':'/2','value':6}]",
        "[1,{'a':1},3]; [1,{'a':2},3]; [{'op':'replace','path':'/1/a','value':2}]",
        "{'a':null}; {}; [{'op':'remove','path':'/a'}]",
        "{'a':1.0}; {'a':1.00}; []",
        "{'a':1}; {'a':1.10}; [{'op':'replace','path':'/a','value':1.10}]",
        "[]; {}; [{'op':'replace','path':'','value':{}}]",
      })
  void whatDiffersIsToldPlaceByPlace(String from, String to, String patch) {
    ArrayNode diff = Diff.between(json(from), json(to));
    assertEquals(patch.replace('\'', '"'), Json.write(diff).toString());
  }

  private static JsonNode json(String quoted) {
    return read(quoted.replace('\'', '"'));
  }

  @Test
  void appliedToTheOneItGivesTheOther() {
    int told = 0;
    for (int i = 0; i < 3_000; i++) {
      long seed = new Random().nextLong();
      RandomJson random = new RandomJson(seed);
      JsonNode from = random.value(4);
      JsonNode to = i % 3 == 0 ? random.value(4) : random.edited(from, 4);
      ArrayNode patch = Diff.between(from, to);
      assertEquals(to, applied(patch, from), "seed " + seed);
      assertEquals(from.equals(to), patch.isEmpty(), "seed " + seed);
      told += patch.size();
    }
    assertTrue(told > 3_000, told + " operations");
  }

  @Test
  void whatWouldBeTooManyIsToldHigherUp() {
    ObjectNode from = Json.NODES.objectNode();
    ObjectNode to = Json.NODES.objectNode();
    for (int i = 0; i < 1_500; i++) {
      from.withObject("/many").put("m" + i, i);
      to.withObject("/many").put("m" + i, i + 1);
    }
    from.put("few", 1);
    to.put("few", 2);
    ArrayNode patch = Diff.between(from, to);
    assertEquals(2, patch.size());
    assertEquals("/many", patch.get(0).get("path").asText());
    assertEquals(to, applied(patch, from));
    ArrayNode exactly = Diff.between(numbers(1_000, 0), numbers(1_000, 1));
    assertEquals(1_000, exactly.size());
    ArrayNode whole = Diff.between(numbers(1_001, 0), numbers(1_001, 1));
    assertEquals("", whole.get(0).get("path").asText());
    assertEquals(1, whole.size());
  }

  /** Or a patch of a small value could be a thousand times as large. */
  @Test
  void longPathsAreToldHigherUpToo() {
    JsonNode from = deep(numbers(900, 0));
    JsonNode to = deep(numbers(900, 1));
    ArrayNode patch = Diff.between(from, to);
    assertEquals(1, patch.size());
    assertTrue(Json.write(patch).length() < 40_000, "" + Json.write(patch).length());
    assertEquals(to, applied(patch, from));
  }

  /** Were it not, this would take hours. */
  @Test
  void itsTimeIsLinear() {
    JsonNode from = numbers(200_000, 0);
    ArrayNode shifted = Json.NODES.arrayNode().add("first");
    shifted.addAll((ArrayNode) from);
    shifted.add("last");
    assertEquals(to(shifted), to(applied(Diff.between(from, shifted), from)));
  }

  private static String to(JsonNode value) {
    return Json.write(value).toString();
  }

  private static JsonNode deep(JsonNode inner) {
    JsonNode value = inner;
    for (int i = 0; i < 98; i++) value = Json.NODES.objectNode().set("n".repeat(256), value);
    return value;
  }

  private static ArrayNode numbers(int count, int from) {
    ArrayNode numbers = Json.NODES.arrayNode();
    for (int i = 0; i < count; i++) numbers.add(from + i * 2);
    return numbers;
  }

  /** RFC 6902 §4, of what a diff says. */
  static JsonNode applied(ArrayNode patch, JsonNode from) {
    ObjectNode root = Json.NODES.objectNode();
    root.set("it", from.deepCopy());
    for (JsonNode change : patch) {
      JsonPointer at = JsonPointer.compile("/it" + change.get("path").asText());
      JsonNode in = root.at(at.head());
      String name = at.last().getMatchingProperty();
      JsonNode value = change.get("value");
      String op = change.get("op").asText();
      if (in instanceof ObjectNode object) {
        assertEquals(!op.equals("add"), object.has(name), change.toString());
        if (op.equals("remove")) object.remove(name);
        else object.set(name, value);
      } else {
        ArrayNode array = (ArrayNode) in;
        int index = Integer.parseInt(name);
        assertTrue(index < array.size() || op.equals("add") && index == array.size());
        if (op.equals("remove")) array.remove(index);
        else if (op.equals("add")) array.insert(index, value);
        else array.set(index, value);
      }
    }
    return root.get("it");
  }
}
