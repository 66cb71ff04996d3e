package dev.sluice.prove;

import java.util.Random;
import java.util.zip.CRC32C;

/**
 * Bytes that say whose they are: every 64 KiB of a body begins with its name and its offset, so
 * that a checksum finds what is missing, doubled, out of order or another's.
 */
final class Content {
  static final int CHUNK = 65536;
  private static final byte[] NOISE = new byte[CHUNK];

  static {
    new Random(1).nextBytes(NOISE);
  }

  private Content() {}

  /** An array for {@link #stamp}. */
  static byte[] chunk() {
    return NOISE.clone();
  }

  /** Makes the array the part of a body that begins at an offset, a multiple of {@link #CHUNK}. */
  static void stamp(byte[] chunk, long id, long offset) {
    long mark = id * 0x9E3779B97F4A7C15L + offset;
    for (int i = 0; i < Long.BYTES; i++) chunk[i] = (byte) (mark >>> (8 * i));
  }

  /** Of the first bytes of a body. */
  static long checksum(long id, long length) {
    CRC32C sum = new CRC32C();
    byte[] chunk = chunk();
    for (long at = 0; at < length; at += CHUNK) {
      stamp(chunk, id, at);
      sum.update(chunk, 0, (int) Math.min(CHUNK, length - at));
    }
    return sum.getValue();
  }

  /** A body as a whole. */
  static byte[] whole(long id, int length) {
    byte[] all = new byte[length];
    byte[] chunk = chunk();
    for (int at = 0; at < length; at += CHUNK) {
      stamp(chunk, id, at);
      System.arraycopy(chunk, 0, all, at, Math.min(CHUNK, length - at));
    }
    return all;
  }

  static long checksum(byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    return sum.getValue();
  }
}
