package dev.sluice.observe;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/** Bytes of JSON lines, reused from batch to batch so that logging makes no garbage. */
final class LineBuffer {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final byte[] digits = new byte[20];
  private byte[] bytes;
  private int size;
  private long second = -1;
  private byte[] secondText = {};

  LineBuffer(int capacity) {
    bytes = new byte[capacity];
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  void writeTo(OutputStream out) throws IOException {
    out.write(bytes, 0, size);
  }

  /** Text that is ASCII and needs no escape. */
  @SuppressWarnings(
      "deprecation") // getBytes(int, …) is the one copy of Latin-1 text without garbage
  LineBuffer raw(String text) {
    room(text.length());
    text.getBytes(0, text.length(), bytes, size);
    size += text.length();
    return this;
  }

  /** A JSON string; null is written as null. */
  LineBuffer text(String text) {
    if (text == null) return raw("null");
    room(text.length() * 6 + 2);
    bytes[size++] = '"';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') bytes[size++] = (byte) c;
      else escape(c);
    }
    bytes[size++] = '"';
    return this;
  }

  private void escape(char c) {
    bytes[size++] = '\\';
    bytes[size++] = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) bytes[size++] = HEX[c >> shift & 15];
  }

  LineBuffer number(long value) {
    room(20);
    long rest = Math.max(0, value);
    int at = digits.length;
    do {
      digits[--at] = (byte) ('0' + rest % 10);
      rest /= 10;
    } while (rest > 0);
    System.arraycopy(digits, at, bytes, size, digits.length - at);
    size += digits.length - at;
    return this;
  }

  /** RFC 3339 with milliseconds, UTC. */
  LineBuffer time(long epochMillis) {
    long now = Math.floorDiv(epochMillis, 1000L);
    if (now != second) {
      second = now;
      String text = Instant.ofEpochSecond(now).toString();
      secondText = text.substring(0, 19).getBytes(StandardCharsets.US_ASCII);
    }
    room(secondText.length + 5);
    System.arraycopy(secondText, 0, bytes, size, secondText.length);
    size += secondText.length;
    int millis = (int) Math.floorMod(epochMillis, 1000L);
    bytes[size++] = '.';
    bytes[size++] = (byte) ('0' + millis / 100);
    bytes[size++] = (byte) ('0' + millis / 10 % 10);
    bytes[size++] = (byte) ('0' + millis % 10);
    bytes[size++] = 'Z';
    return this;
  }

  private void room(int more) {
    if (bytes.length - size < more) bytes = Arrays.copyOf(bytes, Math.max(size + more, size * 2));
  }
}
