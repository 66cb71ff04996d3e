package dev.sluice.app.studio.save;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;

/**
 * What a write has come to in the database.
 *
 * @param status created, saved, unchanged, overwritten, restored, deleted; or conflict, full,
 *     missing, gone, by which nothing has changed
 * @param there the version that is there now; null where none is
 * @param content of a conflict, what is there; packed
 * @param before of a merge, the version that was changed; packed, null where it is not kept
 */
record Outcome(String status, Save there, Buffer content, Buffer before) {

  static Outcome of(Row row) {
    boolean none = row.getInteger("version") == 0;
    return new Outcome(
        row.getString("status"),
        none ? null : Save.of(row),
        row.getBuffer("content"),
        row.getBuffer("before"));
  }

  boolean isConflict() {
    return status.equals("conflict");
  }
}
