package dev.sluice.app.studio.note;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What a note says. */
record Said(String title, String content, List<String> tags) {
  static final Said NOTHING = new Said("", "", List.of());

  static Said of(JsonObject body) {
    List<String> tags =
        body.getJsonArray("tags", new JsonArray()).stream().map(String.class::cast).toList();
    return new Said(body.getString("title", ""), body.getString("content"), tags);
  }

  /** As two of them are compared. */
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("title", title).put("content", content);
    tags.forEach(json.putArray("tags")::add);
    return json;
  }
}
