package dev.sluice.contract;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.conf.Document;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Holds every $ref of a document against what is there: at a request's time it is too late. */
final class References {
  /** Where a document speaks of values, not of itself. */
  private static final Set<String> DATA =
      Set.of("example", "examples", "default", "const", "enum", "value");

  private final Document document;
  private final List<String> mistakes = new ArrayList<>();

  References(Document document) {
    this.document = document;
  }

  List<String> mistakes() {
    look(document.root(), "", false);
    return mistakes;
  }

  /** The JSON pointer of a local reference (RFC 6901 §6). */
  static String pointer(String ref) {
    return URLDecoder.decode(ref.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private void look(JsonNode node, String pointer, boolean named) {
    int i = 0;
    if (node.isArray()) for (JsonNode item : node) look(item, pointer + "/" + i++, false);
    JsonNode ref = node.get("$ref");
    if (ref != null && ref.isTextual() && !named) check(ref.asText(), pointer + "/$ref");
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String key = entry.getKey();
      if (!named && DATA.contains(key)) continue;
      boolean names = !named && (key.equals("properties") || key.equals("patternProperties"));
      look(entry.getValue(), pointer + Document.token(key), names);
    }
  }

  private void check(String ref, String pointer) {
    if (!ref.equals("#") && !ref.startsWith("#/")) {
      String reason = "$ref " + ref + " leaves the document; only #/… is followed";
      mistakes.add(document.mistake(pointer, reason));
    } else if (document.at(pointer(ref)).isMissingNode()) {
      mistakes.add(document.mistake(pointer, "$ref " + ref + " points to nothing"));
    }
  }
}
