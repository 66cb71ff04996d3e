package dev.sluice.app.studio.note;

import dev.sluice.app.studio.sync.Base;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/** Notes in the database; what a write is, one statement does. */
final class Notes {
  private static final String SAVE =
      "SELECT * FROM save_note($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
  private static final String DELETE = "SELECT * FROM delete_note($1, $2, $3, $4, $5, $6, $7, $8)";
  private static final String RESTORE =
      "SELECT * FROM restore_note($1, $2, $3, $4, $5, $6, $7, $8)";
  private static final String FIND =
      """
      SELECT id, version, title, %s AS content, tags, hash, octet_length(content) AS size, device,
        saved_at, created_at, deleted_at
      FROM %s WHERE owner = $1 AND id = $2 %s
      """;
  private static final String NEWEST = FIND.formatted("content", "notes", "AND deleted_at IS NULL");
  private static final String VERSION = FIND.formatted("content", "kept_notes", "AND version = $3");
  private static final String VERSIONS =
      FIND.formatted("NULL", "kept_notes", "ORDER BY version DESC");
  private static final List<String> FORGET =
      List.of(
          "DELETE FROM note_versions WHERE owner = $1",
          "DELETE FROM removed_notes WHERE owner = $1",
          "DELETE FROM notes WHERE owner = $1");

  private final SqlClient sql;

  Notes(SqlClient sql) {
    this.sql = sql;
  }

  /**
   * Who writes what.
   *
   * @param session that it is done in; null where it is in none
   */
  record Writer(String owner, UUID id, String session) {}

  Future<Noted> save(Writer writer, Said said, String device, Base base, NoteSettings settings) {
    return write(
        SAVE,
        Tuple.of(writer.owner, writer.id, said.title(), said.content())
            .addArrayOfString(said.tags().toArray(String[]::new))
            .addString(device)
            .addString(writer.session)
            .addInteger(base.version())
            .addString(base.etag())
            .addBoolean(base.any())
            .addString(base.strategy().name().toLowerCase(Locale.ROOT))
            .addInteger(settings.perUser())
            .addInteger(settings.versions()));
  }

  Future<Noted> delete(Writer writer, Base base, boolean forever, NoteSettings settings) {
    return write(
        DELETE,
        Tuple.of(writer.owner, writer.id, writer.session)
            .addInteger(base.version())
            .addString(base.etag())
            .addBoolean(base.any())
            .addBoolean(forever)
            .addInteger(settings.versions()));
  }

  /** The newest one out of the bin, where the version is null. */
  Future<Noted> restore(Writer writer, Integer version, Base base, NoteSettings settings) {
    return write(
        RESTORE,
        Tuple.of(writer.owner, writer.id, writer.session)
            .addInteger(version)
            .addInteger(base.version())
            .addString(base.etag())
            .addBoolean(base.any())
            .addInteger(settings.versions()));
  }

  private Future<Noted> write(String statement, Tuple values) {
    return sql.preparedQuery(statement)
        .execute(values)
        .map(rows -> Noted.of(rows.iterator().next()));
  }

  /** The newest version, unless it is in the bin, or another; null where there is none. */
  Future<Note> find(String owner, UUID id, Integer version) {
    Tuple values = Tuple.of(owner, id);
    return rows(
            version == null ? NEWEST : VERSION,
            version == null ? values : values.addInteger(version))
        .map(found -> found.isEmpty() ? null : found.get(0));
  }

  /** Those that are kept, the newest first, without their contents. */
  Future<List<Note>> versions(String owner, UUID id) {
    return rows(VERSIONS, Tuple.of(owner, id));
  }

  private Future<List<Note>> rows(String statement, Tuple values) {
    return sql.preparedQuery(statement)
        .execute(values)
        .map(
            rows -> {
              List<Note> notes = new ArrayList<>();
              for (Row row : rows) notes.add(Note.of(row));
              return notes;
            });
  }

  /** Removes so many of what has been in the bin for so long; gives how many. */
  Future<Long> sweep(Duration bin, int most) {
    return sql.preparedQuery("SELECT sweep_notes($1 * interval '1 second', $2)")
        .execute(Tuple.of(bin.toSeconds(), most))
        .map(rows -> rows.iterator().next().getLong(0));
  }

  /** Removes all of a user's; gives how many there were. */
  Future<Map<String, Long>> forget(String owner) {
    Future<Integer> removed = Future.succeededFuture(0);
    for (String statement : FORGET) {
      removed =
          removed.compose(
              before ->
                  sql.preparedQuery(statement)
                      .execute(Tuple.of(owner))
                      .map(rows -> rows.rowCount()));
    }
    return removed.map(notes -> notes == 0 ? Map.of() : Map.of("notes", (long) notes));
  }
}
