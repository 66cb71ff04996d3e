package dev.sluice.app.studio.note;

import dev.sluice.app.studio.sync.Etag;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A version of a note.
 *
 * @param said its content is null where that was not asked for
 * @param size bytes of the content in UTF-8
 * @param device that wrote it, as its owner calls it; null where that is not known
 * @param deletedAt since when it is in the bin; else null
 */
record Note(
    UUID id,
    int version,
    Said said,
    String etag,
    int size,
    String device,
    Instant savedAt,
    Instant createdAt,
    Instant deletedAt) {

  /** Of a row with all of the columns that {@link Notes} names. */
  static Note of(Row row) {
    int version = row.getInteger("version");
    List<String> tags = List.of(row.getArrayOfStrings("tags"));
    return new Note(
        row.getUUID("id"),
        version,
        new Said(row.getString("title"), row.getString("content"), tags),
        Etag.of(version, row.getBuffer("hash").getBytes()),
        row.getInteger("size"),
        row.getString("device"),
        time(row, "saved_at"),
        time(row, "created_at"),
        time(row, "deleted_at"));
  }

  static Instant time(Row row, String column) {
    var time = row.getOffsetDateTime(column);
    return time == null ? null : time.toInstant();
  }

  Note saying(Said said) {
    return new Note(id, version, said, etag, size, device, savedAt, createdAt, deletedAt);
  }

  /** All but the content; nothing in it is of Vert.x, so that a failure may have it. */
  JsonObject facts() {
    JsonObject facts =
        new JsonObject()
            .put("id", id.toString())
            .put("title", said.title())
            .put("tags", said.tags())
            .put("version", version)
            .put("etag", etag)
            .put("size", size)
            .put("savedAt", savedAt.toString())
            .put("createdAt", createdAt.toString());
    if (device != null) facts.put("device", device);
    if (deletedAt != null) facts.put("deletedAt", deletedAt.toString());
    return facts;
  }

  /** As a load answers it. */
  JsonObject whole() {
    return facts().put("content", said.content());
  }
}
