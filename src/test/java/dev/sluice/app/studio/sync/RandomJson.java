package dev.sluice.app.studio.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Random;

/** Values of few names and few scalars, so that there is much that is equal. */
final class RandomJson {
  private static final String[] NAMES = {"a", "b", "c/d", "e~f", "", "é", "~1", "0"};
  private static final String[] SCALARS = {
    "null", "true", "0", "1", "1.0", "1.00", "1e2", "-7", "\"\"", "\"x\"", "\"1\"", "123456789012"
  };
  private final Random random;

  RandomJson(long seed) {
    random = new Random(seed);
  }

  static JsonNode read(String json) {
    return Json.read(io.vertx.core.buffer.Buffer.buffer(json));
  }

  JsonNode value(int depth) {
    int kind = random.nextInt(depth == 0 ? 1 : 5);
    if (kind < 1) return read(SCALARS[random.nextInt(SCALARS.length)]);
    if (kind < 3) {
      ArrayNode array = Json.NODES.arrayNode();
      for (int n = random.nextInt(5); n > 0; n--) array.add(value(depth - 1));
      return array;
    }
    ObjectNode object = Json.NODES.objectNode();
    for (int n = random.nextInt(5); n > 0; n--) object.set(name(), value(depth - 1));
    return object;
  }

  /** The same, somewhat changed. */
  JsonNode edited(JsonNode value, int depth) {
    if (random.nextInt(12) == 0) return value(depth);
    if (value instanceof ObjectNode object) return members(object, depth);
    if (value instanceof ArrayNode array) return elements(array, depth);
    return random.nextInt(4) == 0 ? value(0) : value;
  }

  private JsonNode members(ObjectNode object, int depth) {
    ObjectNode edited = Json.NODES.objectNode();
    object
        .properties()
        .forEach(
            member -> {
              boolean stays = random.nextInt(8) > 0;
              if (stays) edited.set(member.getKey(), edited(member.getValue(), depth - 1));
            });
    if (random.nextInt(5) == 0) edited.set(name(), value(Math.max(0, depth - 1)));
    return edited;
  }

  private JsonNode elements(ArrayNode array, int depth) {
    ArrayNode edited = Json.NODES.arrayNode();
    for (JsonNode element : array) {
      if (random.nextInt(10) == 0) edited.add(value(0));
      if (random.nextInt(10) > 0) edited.add(edited(element, Math.max(0, depth - 1)));
    }
    return edited;
  }

  private String name() {
    return NAMES[random.nextInt(NAMES.length)];
  }
}
