package dev.sluice.websocket;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Takes the mask off that every client's frame has (RFC 6455 §5.3). */
final class Mask {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Mask() {}

  /**
   * In place.
   *
   * @param key of the frame, its first byte in the highest bits
   * @param at how many bytes of the frame came before these
   */
  static void apply(int key, int at, byte[] bytes, int from, int to) {
    int turned = Integer.rotateLeft(key, 8 * (at & 3));
    long twice = (turned & 0xFFFFFFFFL) << 32 | turned & 0xFFFFFFFFL;
    int i = from;
    for (; i + Long.BYTES <= to; i += Long.BYTES) {
      LONGS.set(bytes, i, (long) LONGS.get(bytes, i) ^ twice);
    }
    for (; i < to; i++) {
      bytes[i] ^= (byte) (turned >>> 24);
      turned = Integer.rotateLeft(turned, 8);
    }
  }
}
