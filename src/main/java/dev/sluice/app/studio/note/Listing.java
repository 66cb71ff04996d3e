package dev.sluice.app.studio.note;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * A page of a user's notes: the one saved last first or, where something is looked for, the best.
 *
 * @param tags those that each of them has
 * @param bin whether of those that were deleted
 * @param wanted null where nothing is looked for
 * @param after where the page before has ended; null for the first
 */
record Listing(String owner, List<String> tags, boolean bin, Wanted wanted, Place after) {
  private static final int READ = 1_000_000; // characters that one page is made excerpts of
  private static final String COLUMNS =
      """
      SELECT n.id, n.version, n.title, NULL AS content, n.tags, n.hash,
        octet_length(n.content) AS size, n.device, n.saved_at, n.created_at, n.deleted_at,
      """;
  private static final String BY_TIME =
      COLUMNS
          + """
            note_excerpt(left(n.content, 600), NULL) AS excerpt, NULL::real AS rank
          FROM notes n
          WHERE n.owner = $1 AND n.deleted_at IS %s AND n.tags @> $2 %s
          ORDER BY n.saved_at DESC, n.id DESC LIMIT $3
          """;
  private static final String AFTER_TIME = "AND (n.saved_at, n.id) < ($4, $5)";
  private static final String BY_RANK =
      COLUMNS
          + """
            note_excerpt(left(n.content, $6), note_asked($4, $5)) AS excerpt, page.rank
          FROM (
            SELECT id, saved_at, rank FROM (
              SELECT id, saved_at, ts_rank(search, note_asked($4, $5), 1) AS rank FROM notes
                WHERE owner = $1 AND deleted_at IS %s AND tags @> $2
                  AND search @@ note_asked_of($1, note_asked($4, $5))) found
            %s ORDER BY rank DESC, saved_at DESC, id DESC LIMIT $3) page
          JOIN notes n ON n.owner = $1 AND n.id = page.id
          ORDER BY page.rank DESC, page.saved_at DESC, page.id DESC
          """;
  private static final String AFTER_RANK = "WHERE (rank, saved_at, id) < ($7::real, $8, $9)";

  /** One of them, and a line of it. */
  record Found(Note note, String excerpt, Float rank) {
    static Found of(Row row) {
      return new Found(Note.of(row), row.getString("excerpt"), row.getFloat("rank"));
    }

    Place place() {
      return new Place(rank, note.savedAt(), note.id());
    }

    JsonObject facts() {
      return note.facts().put("excerpt", excerpt);
    }
  }

  /** So many of them at most. */
  Future<List<Found>> read(SqlClient sql, int most) {
    Tuple values = Tuple.of(owner).addArrayOfString(tags.toArray(String[]::new)).addInteger(most);
    if (wanted != null) {
      values.addString(wanted.words()).addString(wanted.beginnings()).addInteger(READ / most);
    }
    if (after != null) {
      if (wanted != null) values.addFloat(after.rank());
      values.addOffsetDateTime(after.savedAt().atOffset(ZoneOffset.UTC)).addUUID(after.id());
    }
    return sql.preparedQuery(statement())
        .execute(values)
        .map(
            rows -> {
              List<Found> found = new ArrayList<>();
              for (Row row : rows) found.add(Found.of(row));
              return found;
            });
  }

  private String statement() {
    String where = bin ? "NOT NULL" : "NULL";
    if (wanted == null) return BY_TIME.formatted(where, after == null ? "" : AFTER_TIME);
    return BY_RANK.formatted(where, after == null ? "" : AFTER_RANK);
  }
}
