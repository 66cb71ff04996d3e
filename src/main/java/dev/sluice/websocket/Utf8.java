package dev.sluice.websocket;

/**
 * Follows a text as it comes in pieces, and sees at the first byte that it is no UTF-8 (RFC 3629):
 * no overlong form, no surrogate, nothing above U+10FFFF.
 */
final class Utf8 {
  private int missing; // bytes of the character that has begun
  private int low = 0x80; // what the next of them may be
  private int high = 0xBF;

  /** False where these bytes cannot go on the text so far; what follows then says nothing. */
  boolean take(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      int b = bytes[i] & 0xFF;
      if (missing > 0) {
        if (b < low || b > high) return false;
        missing--;
        low = 0x80;
        high = 0xBF;
      } else if (b >= 0x80 && !begin(b)) {
        return false;
      }
    }
    return true;
  }

  private boolean begin(int b) {
    if (b < 0xC2 || b > 0xF4) return false;
    missing = b < 0xE0 ? 1 : b < 0xF0 ? 2 : 3;
    if (b == 0xE0) low = 0xA0;
    if (b == 0xED) high = 0x9F;
    if (b == 0xF0) low = 0x90;
    if (b == 0xF4) high = 0x8F;
    return true;
  }

  /** Whether the text so far ends with a whole character. */
  boolean isWhole() {
    return missing == 0;
  }

  void reset() {
    missing = 0;
    low = 0x80;
    high = 0xBF;
  }
}
