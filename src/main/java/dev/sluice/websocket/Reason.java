package dev.sluice.websocket;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The text of a close frame, which has room for 123 bytes (RFC 6455 §5.5). */
final class Reason {
  private static final int MOST = 123;

  private Reason() {}

  /** As much of it as there is room for, in whole characters. */
  static byte[] of(String text) {
    byte[] all = text.getBytes(StandardCharsets.UTF_8);
    if (all.length <= MOST) return all;
    int end = MOST;
    while ((all[end] & 0xC0) == 0x80) end--;
    return Arrays.copyOf(all, end);
  }
}
