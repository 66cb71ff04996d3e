package dev.sluice.app.studio.note;

import dev.sluice.app.Engine;
import dev.sluice.app.studio.note.Notes.Writer;
import dev.sluice.app.studio.sync.Base;
import dev.sluice.app.studio.sync.Base.Strategy;
import dev.sluice.app.studio.sync.Conflict;
import dev.sluice.call.Failure;
import io.vertx.core.Future;

/** One save: the write and, where another has come before it, what its strategy makes of that. */
final class Saving {
  private static final int TRIES = 5; // merges that others come before, too

  private final Engine engine;
  private final Writer writer;
  private final Said said;
  private final String device;
  private final Base base;

  /**
   * What became of it.
   *
   * @param merged whether what is saved is not just what was sent; the note says what, then
   */
  record Saved(Noted noted, boolean merged) {}

  /**
   * One that is to be made.
   *
   * @param device that writes it, as its owner calls it; null where it does not say
   */
  Saving(Engine engine, Writer writer, Said said, String device, Base base) {
    this.engine = engine;
    this.writer = writer;
    this.said = said;
    this.device = device;
    this.base = base;
  }

  /** Fails with SYNC_CONFLICT, or TOO_MANY_NOTES. */
  Future<Saved> make(Notes notes) {
    return notes
        .save(writer, said, device, base, settings())
        .compose(
            noted ->
                noted.isConflict() && isMergeable(noted)
                    ? merge(notes, noted, TRIES)
                    : ended(noted, false, said));
  }

  private boolean isMergeable(Noted noted) {
    return base.strategy() == Strategy.MERGE && isKnown(noted) && isThere(noted);
  }

  private boolean isKnown(Noted noted) {
    return noted.base() != null || Integer.valueOf(0).equals(base.version());
  }

  private static boolean isThere(Noted noted) {
    return noted.note() != null && noted.note().deletedAt() == null;
  }

  private Future<Saved> merge(Notes notes, Noted found, int tries) {
    Said before = found.base() == null ? Said.NOTHING : found.base();
    Said there = found.note().said();
    return engine
        .aside(() -> Joined.of(before, said, there))
        .compose(
            joined ->
                joined.isWhole() ? write(notes, joined, found, tries) : touching(joined, found));
  }

  private Future<Saved> write(Notes notes, Joined joined, Noted found, int tries) {
    Base newest = new Base(found.note().version(), found.note().etag(), false, base.strategy());
    return notes
        .save(writer, joined.said(), device, newest, settings())
        .compose(
            noted -> {
              boolean again = noted.isConflict() && isThere(noted) && tries > 1;
              return again
                  ? merge(notes, noted.basedOn(found.base()), tries - 1)
                  : ended(noted.basedOn(found.base()), true, joined.said());
            });
  }

  private Future<Saved> ended(Noted noted, boolean merged, Said saved) {
    return switch (noted.verdict()) {
      case FULL -> Future.failedFuture(Refusals.full(settings().perUser()));
      case CONFLICT -> engine.aside(() -> conflict(noted)).compose(Future::failedFuture);
      default -> Future.succeededFuture(new Saved(noted.saying(saved), merged));
    };
  }

  private Future<Saved> touching(Joined joined, Noted found) {
    return engine
        .aside(() -> Conflict.touching(conflict(found), joined.touching()))
        .compose(Future::failedFuture);
  }

  private Failure conflict(Noted found) {
    Failure conflict = Refusals.conflict(base, found.note(), said);
    boolean merging = base.strategy() == Strategy.MERGE && base.isGiven() && isThere(found);
    return merging && !isKnown(found) ? Conflict.baseGone(conflict) : conflict;
  }

  private NoteSettings settings() {
    return engine.settings(NoteSettings.class);
  }
}
