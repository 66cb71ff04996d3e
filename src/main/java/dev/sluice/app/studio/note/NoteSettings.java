package dev.sluice.app.studio.note;

import java.time.Duration;

/**
 * {@code studio.notes}.
 *
 * @param perUser how many one user may have, those in the bin counted in
 * @param versions how many of each are kept, the newest counted in
 * @param bin how long a deleted one can be restored
 */
public record NoteSettings(int perUser, int versions, Duration bin) {
  public NoteSettings {
    must(perUser >= 1 && perUser <= 1_000_000, "perUser must be from 1 to 1000000");
    must(versions >= 1 && versions <= 100, "versions must be from 1 to 100");
    must(bin.toSeconds() >= 1 && bin.toDays() <= 365, "bin must be from 1s to 365d");
  }

  private static void must(boolean so, String otherwise) {
    if (!so) throw new IllegalArgumentException(otherwise);
  }
}
