package dev.sluice.app.studio.note;

import dev.sluice.app.studio.sync.Base;
import dev.sluice.app.studio.sync.Conflict;
import dev.sluice.app.studio.sync.Diff;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import java.util.Map;

/** What the operations of notes refuse, and why. */
final class Refusals {
  private Refusals() {}

  static Failure missing() {
    return Failure.notFound("NOTE_NOT_FOUND", "There is no such note of yours.")
        .suggest("GET /notes/list has those there are, and with bin=true what was deleted.");
  }

  static Failure forgotten() {
    return Failure.notFound("VERSION_NOT_FOUND", "This version of the note is not kept.")
        .suggest("GET /notes/versions has those that are.");
  }

  static Failure full(int most) {
    return Failure.of(
            Category.CONFLICT, "TOO_MANY_NOTES", "You have " + most + " notes; more are not kept.")
        .suggest("Delete some for good: those in the bin count, too.");
  }

  /**
   * That another write has come before.
   *
   * @param there null where nothing is there any more
   * @param sent what was to be saved; null where nothing was
   */
  static Failure conflict(Base base, Note there, Said sent) {
    if (there == null) return Conflict.of(base, 0, Map.of(), null);
    Failure conflict =
        Conflict.of(
            base,
            there.version(),
            there.whole().getMap(),
            sent == null ? null : Diff.between(sent.json(), there.said().json()));
    return there.deletedAt() == null || sent == null ? conflict : inBin(conflict);
  }

  private static Failure inBin(Failure conflict) {
    Failure failure =
        Failure.of(Category.CONFLICT, conflict.code(), "This note was deleted and is in the bin.");
    for (var detail : conflict.facts().details().entrySet()) {
      failure = failure.detail(detail.getKey(), detail.getValue());
    }
    return failure.suggest(
        "POST /notes/restore takes it out, to be saved then; strategy overwrite does both at once.");
  }
}
