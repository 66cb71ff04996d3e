package dev.sluice.realtime.channel;

import dev.sluice.call.Failure;

/**
 * An event's place in its channel, {@code <epoch>-<number>}: the numbers of an epoch have no gaps,
 * and a channel whose history was lost begins another. It is the entry's id in the Redis Stream.
 */
public record EventId(long epoch, long number) implements Comparable<EventId> {
  /** Before the first event of a channel. */
  static final EventId NONE = new EventId(0, 0);

  /** Throws VALIDATION_ERROR where it is none. */
  public static EventId parse(String text) {
    int dash = text.indexOf('-');
    try {
      if (dash > 0 && text.length() <= 40) {
        long epoch = Long.parseUnsignedLong(text, 0, dash, 10);
        long number = Long.parseUnsignedLong(text, dash + 1, text.length(), 10);
        if (isCountable(epoch) && isCountable(number)) return new EventId(epoch, number);
      }
    } catch (NumberFormatException e) {
      // as any other text that is none
    }
    throw Failure.invalid("after", "must be the id of an event, such as 1763790000000-7", null);
  }

  /** Beyond that Redis' scripts cannot count. */
  private static boolean isCountable(long number) {
    return number >= 0 && number < 1L << 53;
  }

  /** Whether nothing can stand between the other and this one. */
  boolean follows(EventId other) {
    return epoch == other.epoch ? number == other.number + 1 : epoch > other.epoch && number == 1;
  }

  EventId next() {
    return new EventId(epoch, number + 1);
  }

  EventId before() {
    return new EventId(epoch, Math.max(0, number - 1));
  }

  @Override
  public int compareTo(EventId other) {
    int byEpoch = Long.compare(epoch, other.epoch);
    return byEpoch != 0 ? byEpoch : Long.compare(number, other.number);
  }

  @Override
  public String toString() {
    return epoch + "-" + number;
  }
}
