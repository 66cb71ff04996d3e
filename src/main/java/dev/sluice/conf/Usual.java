package dev.sluice.conf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What may stand in the place of a wrong value, so that the rest can be looked at.
 *
 * @param defaults of a whole document
 * @param typical values of parts that have no defaults, with {@code *} for any name or number
 */
public record Usual(JsonNode defaults, JsonNode typical) {
  /** Nothing: what is wrong is left out. */
  public static final Usual NONE = new Usual(MissingNode.getInstance(), MissingNode.getInstance());

  /** The value at a JSON pointer, or a missing one. */
  JsonNode at(String pointer) {
    JsonNode found = defaults.at(pointer);
    if (!found.isMissingNode() || pointer.isEmpty()) return found;
    JsonNode node = typical;
    for (String token : pointer.substring(1).split("/", -1)) {
      node = node.path(node instanceof ObjectNode any && any.has("*") ? "*" : token);
    }
    return node;
  }
}
