package dev.sluice.app.studio.save;

import dev.sluice.app.studio.sync.Etag;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HexFormat;

/**
 * What is known of one version of a slot.
 *
 * @param title for people; null where it has none
 * @param sha256 of its content
 * @param size bytes of its content
 * @param device what its owner calls the machine that has saved it; null where that was not said
 */
record Save(
    String slot,
    String title,
    int version,
    byte[] sha256,
    int size,
    String device,
    Instant savedAt) {

  static Save of(Row row) {
    OffsetDateTime savedAt = row.getOffsetDateTime("saved_at");
    Buffer sha256 = row.getBuffer("sha256");
    return new Save(
        row.getString("slot"),
        row.getString("title"),
        row.getInteger("version"),
        sha256.getBytes(),
        row.getInteger("size"),
        row.getString("device"),
        savedAt.toInstant());
  }

  String etag() {
    return Etag.of(version, sha256);
  }

  /** SaveFacts of the contract. */
  JsonObject facts() {
    JsonObject facts = new JsonObject().put("slot", slot);
    if (title != null) facts.put("name", title);
    facts
        .put("version", version)
        .put("etag", etag())
        .put("size", size)
        .put("checksum", HexFormat.of().formatHex(sha256));
    if (device != null) facts.put("device", device);
    return facts.put("savedAt", savedAt.toString());
  }
}
