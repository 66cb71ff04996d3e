package dev.sluice.app.studio.save;

import dev.sluice.app.studio.save.Saves.Claimed;
import dev.sluice.app.studio.save.Saves.Versions;
import dev.sluice.call.Body;
import dev.sluice.call.Reply;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What clients are answered, as the contract has it. */
final class Answers {
  private Answers() {}

  /**
   * Of a save or a restore.
   *
   * @param configs what is saved now, where the client does not know; else null
   */
  static Reply saved(String status, Save save, Buffer configs) {
    JsonObject facts = whole(save).put("status", status);
    return Reply.of(status.equals("created") ? 201 : 200, body(facts, configs))
        .with("etag", save.etag());
  }

  static Reply loaded(Save save, Buffer configs) {
    return Reply.of(200, body(whole(save), configs)).with("etag", save.etag());
  }

  private static JsonObject whole(Save save) {
    return save.facts().put("success", true).put("timestamp", save.savedAt().toEpochMilli());
  }

  /** The configs are put in as they are: read and written again, they would be others. */
  private static Body body(JsonObject facts, Buffer configs) {
    Buffer head = facts.toBuffer();
    if (configs == null) return new Body(head, Body.JSON);
    Buffer whole = Buffer.buffer(head.length() + configs.length() + 16);
    whole.appendBuffer(head, 0, head.length() - 1).appendString(",\"configs\":");
    return new Body(whole.appendBuffer(configs).appendString("}"), Body.JSON);
  }

  static Reply list(List<Save> saves, SaveSettings settings) {
    JsonArray shown = new JsonArray();
    saves.forEach(save -> shown.add(save.facts()));
    long bytes = saves.stream().mapToLong(Save::size).sum();
    return Reply.json(
        new JsonObject()
            .put("saves", shown)
            .put("used", new JsonObject().put("slots", saves.size()).put("bytes", bytes))
            .put(
                "limits",
                new JsonObject()
                    .put("slots", settings.slots())
                    .put("slotBytes", settings.slotSize().bytes())
                    .put("versions", settings.versions())));
  }

  static Reply versions(String slot, Versions versions) {
    JsonArray shown = new JsonArray();
    versions.saves().forEach(save -> shown.add(save.facts()));
    return Reply.json(
        new JsonObject()
            .put("slot", slot)
            .put("deleted", versions.deleted())
            .put("versions", shown));
  }

  static Reply deleted(Save save) {
    return Reply.json(
        new JsonObject()
            .put("success", true)
            .put("slot", save.slot())
            .put("version", save.version()));
  }

  static Reply claimed(List<Claimed> all) {
    JsonArray shown = new JsonArray();
    for (Claimed one : all) {
      shown.add(
          new JsonObject()
              .put("slot", one.was())
              .put("as", one.save().slot())
              .put("version", one.save().version()));
    }
    return Reply.json(new JsonObject().put("success", true).put("claimed", shown));
  }
}
