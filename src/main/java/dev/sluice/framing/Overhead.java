package dev.sluice.framing;

/**
 * How many frames a client may send that ask for nothing and bring nothing: PING, SETTINGS,
 * PRIORITY, RST_STREAM, empty DATA and their like (RFC 9113 §10.5). A bucket, which fills with time
 * and with every byte of real traffic, for that is what honest ones go with.
 */
final class Overhead {
  private static final long MOST = 5000;
  private static final long NANOS_EACH = 5_000_000;
  private static final long TRAFFIC_EACH = 32;
  private static final long PAYLOAD_EACH = 64;

  private long credits = MOST;
  private long traffic;
  private long filledAt;

  Overhead(long now) {
    filledAt = now;
  }

  /** Whether one more such frame is borne. */
  boolean admit(int length, long now) {
    long fill = (now - filledAt) / NANOS_EACH;
    filledAt += fill * NANOS_EACH;
    credits = Math.min(MOST, credits + fill + traffic / TRAFFIC_EACH);
    traffic %= TRAFFIC_EACH;
    credits -= 1 + length / PAYLOAD_EACH;
    return credits >= 0;
  }

  /** Bytes of real traffic, in either direction. */
  void earn(long bytes) {
    traffic += bytes;
  }
}
