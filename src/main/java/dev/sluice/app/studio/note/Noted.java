package dev.sluice.app.studio.note;

import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Locale;

/**
 * What became of a write.
 *
 * @param note as it is then; null where there is none
 * @param base what the version says that the write is based on, where that is kept and was wanted;
 *     else null
 */
record Noted(Verdict verdict, Note note, Said base) {

  enum Verdict {
    CREATED,
    SAVED,
    OVERWRITTEN,
    RESTORED,
    DELETED,
    REMOVED,
    UNCHANGED,
    /** Another has come before; the note has its content then. */
    CONFLICT,
    /** There is no such note. */
    MISSING,
    /** There is no such version of it. */
    FORGOTTEN,
    /** There are too many. */
    FULL
  }

  static Noted of(Row row) {
    Verdict verdict = Verdict.valueOf(row.getString("verdict").toUpperCase(Locale.ROOT));
    Note note = row.getUUID("id") == null ? null : Note.of(row);
    Said base =
        row.getString("base_title") == null
            ? null
            : new Said(
                row.getString("base_title"),
                row.getString("base_content"),
                List.of(row.getArrayOfStrings("base_tags")));
    return new Noted(verdict, note, base);
  }

  boolean isChange() {
    return switch (verdict) {
      case CREATED, SAVED, OVERWRITTEN, RESTORED, DELETED, REMOVED -> true;
      default -> false;
    };
  }

  Noted basedOn(Said base) {
    return new Noted(verdict, note, base);
  }

  Noted saying(Said said) {
    return new Noted(verdict, note.saying(said), base);
  }

  boolean isConflict() {
    return verdict == Verdict.CONFLICT;
  }
}
