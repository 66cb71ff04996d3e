package dev.sluice.websocket;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Compresses messages (RFC 7692), each by itself: so one of these does for all sockets of an event
 * loop, a message for many is compressed once, and an idle socket costs nothing. Not thread-safe.
 */
public final class Deflate {
  /** What a message is sent without, and read with (§7.2.1, §7.2.2). */
  private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};

  private final Inflater inflater = new Inflater(true);
  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);

  /** A message as it was; null where it has over {@code most} bytes. */
  byte[] inflate(byte[] compressed, int most) throws BadFrame {
    inflater.reset();
    byte[] out = new byte[Math.min(most + 1, Math.max(64, 4 * compressed.length))];
    int length = 0;
    try {
      for (byte[] part : new byte[][] {compressed, TAIL}) {
        inflater.setInput(part);
        while (!inflater.finished()) {
          if (length > most) return null;
          if (length == out.length) out = Arrays.copyOf(out, (int) Math.min(most + 1, 2L * length));
          int count = inflater.inflate(out, length, out.length - length);
          length += count;
          if (count == 0) break; // needs more
        }
      }
    } catch (DataFormatException e) {
      throw BadFrame.payload("a message is not compressed as it says");
    }
    return length > most ? null : Arrays.copyOf(out, length);
  }

  /** A message for peers that agreed to have it so. */
  byte[] deflate(byte[] plain) {
    deflater.reset();
    deflater.setInput(plain);
    byte[] out = new byte[Math.max(64, plain.length / 2)];
    int length = 0;
    while (true) {
      int count = deflater.deflate(out, length, out.length - length, Deflater.SYNC_FLUSH);
      length += count;
      if (length < out.length) break;
      out = Arrays.copyOf(out, 2 * out.length);
    }
    return Arrays.copyOf(out, length - TAIL.length);
  }
}
