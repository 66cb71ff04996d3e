package dev.sluice.websocket;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Bytes as they come: there is room for those that have, not for those that were announced. */
final class Payload {
  private static final byte[] NONE = {};
  private static final int LEAST = 256;

  private byte[] bytes = NONE;
  private int length;

  int length() {
    return length;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Takes so many; they are at the end then. */
  void take(ByteBuf in, int count, long announced) {
    if (length + count > bytes.length) grow(length + count, announced);
    in.readBytes(bytes, length, count);
    length += count;
  }

  private void grow(int least, long announced) {
    long more = Math.max(Math.min(announced, 2L * bytes.length), bytes.length * 3L / 2);
    long room = Math.max(Math.max(least, LEAST), more);
    bytes = Arrays.copyOf(bytes, (int) room);
  }

  /** All of them, which are somebody else's then. */
  byte[] give() {
    byte[] all = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    bytes = NONE;
    length = 0;
    return all;
  }
}
