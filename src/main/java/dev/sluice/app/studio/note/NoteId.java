package dev.sluice.app.studio.note;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Ids of notes whose writer has made none up. */
final class NoteId {
  private NoteId() {}

  /** A UUID that begins with the time (version 7, RFC 9562 §5.7). */
  static UUID next() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long time = System.currentTimeMillis() << 16 | 0x7000L | random.nextInt(1 << 12);
    long rest = random.nextLong() >>> 2 | 1L << 63;
    return new UUID(time, rest);
  }
}
