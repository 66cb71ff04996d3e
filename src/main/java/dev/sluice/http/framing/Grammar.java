package dev.sluice.http.framing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;

/** The character classes of RFC 9110 §5.6 and RFC 3986 §3, over bytes. */
final class Grammar {
  private static final int TOKEN = 1;
  private static final int FIELD = 2;
  private static final int TARGET = 4;
  private static final int HOST = 8;
  private static final int HEX = 16;
  private static final int DIGIT = 32;
  private static final int SMALL = 64;
  private static final byte[] CLASSES = new byte[256];

  static {
    for (int c = 0x21; c < 0x7f; c++) CLASSES[c] |= FIELD | TARGET;
    for (int c = 0x80; c < 0x100; c++) CLASSES[c] |= FIELD; // obs-text
    CLASSES[' '] |= FIELD;
    CLASSES['\t'] |= FIELD;
    CLASSES['#'] &= ~TARGET; // a fragment never leaves a client
    CLASSES['\\'] &= ~TARGET; // some take it for a slash
    for (int c = '0'; c <= '9'; c++) CLASSES[c] |= TOKEN | HOST | HEX | DIGIT;
    for (int c = 'a'; c <= 'z'; c++) CLASSES[c] |= TOKEN | HOST;
    for (int c = 'A'; c <= 'Z'; c++) CLASSES[c] |= TOKEN | HOST;
    for (char c : "abcdefABCDEF".toCharArray()) CLASSES[c] |= HEX;
    for (char c : "!#$%&'*+-.^_`|~".toCharArray()) CLASSES[c] |= TOKEN;
    for (int c = 0; c < 256; c++) if ((CLASSES[c] & TOKEN) != 0) CLASSES[c] |= SMALL;
    for (int c = 'A'; c <= 'Z'; c++) CLASSES[c] &= ~SMALL;
    for (char c : "-._~!$&'()*+,;=%".toCharArray()) CLASSES[c] |= HOST; // reg-name
  }

  private Grammar() {}

  static boolean isToken(ByteBuf in, int from, int to) {
    return from < to && all(in, from, to, TOKEN);
  }

  /** Field content: visible characters, spaces, tabs, obs-text; no control character. */
  static boolean isFieldValue(ByteBuf in, int from, int to) {
    return all(in, from, to, FIELD);
  }

  static boolean isTarget(ByteBuf in, int from, int to) {
    return from < to && all(in, from, to, TARGET);
  }

  static boolean isDigits(ByteBuf in, int from, int to) {
    return from < to && all(in, from, to, DIGIT);
  }

  static boolean isHex(byte b) {
    return (CLASSES[b & 0xff] & HEX) != 0;
  }

  /** {@code uri-host [":" port]} (RFC 9110 §7.2), not empty. */
  static boolean isHost(ByteBuf in, int from, int to) {
    int end = to;
    if (from < to && in.getByte(from) == '[') {
      end = in.indexOf(from, to, (byte) ']');
      if (end < 0) return false;
      for (int i = from + 1; i < end; i++) {
        byte b = in.getByte(i);
        if (!isHex(b) && b != ':' && b != '.') return false;
      }
      end++;
      if (end == to) return true;
      return in.getByte(end) == ':' && (end + 1 == to || isPort(in, end + 1, to));
    }
    int colon = in.indexOf(from, to, (byte) ':');
    if (colon >= 0) {
      if (colon + 1 < to && !isPort(in, colon + 1, to)) return false;
      end = colon;
    }
    return from < end && all(in, from, end, HOST);
  }

  private static boolean isPort(ByteBuf in, int from, int to) {
    return to - from <= 5 && isDigits(in, from, to);
  }

  private static boolean all(ByteBuf in, int from, int to, int kind) {
    for (int i = from; i < to; i++) {
      if ((CLASSES[in.getByte(i) & 0xff] & kind) == 0) return false;
    }
    return true;
  }

  static boolean isToken(AsciiString text) {
    return !text.isEmpty() && all(text, TOKEN);
  }

  /** A name as HTTP/2 writes it (RFC 9113 §8.2.1). */
  static boolean isSmallToken(AsciiString text) {
    return !text.isEmpty() && all(text, SMALL);
  }

  /** Field content that neither begins nor ends with white space (RFC 9110 §5.5). */
  static boolean isTrimmedFieldValue(AsciiString text) {
    if (text.isEmpty()) return true;
    byte first = text.byteAt(0);
    byte last = text.byteAt(text.length() - 1);
    boolean trimmed = first != ' ' && first != '\t' && last != ' ' && last != '\t';
    return trimmed && all(text, FIELD);
  }

  /** A path from the root, with a query where there is one. */
  static boolean isRooted(AsciiString text) {
    return !text.isEmpty() && text.byteAt(0) == '/' && all(text, TARGET);
  }

  static boolean isHost(AsciiString text) {
    ByteBuf bytes = Unpooled.wrappedBuffer(text.array(), text.arrayOffset(), text.length());
    return isHost(bytes, 0, text.length());
  }

  private static boolean all(AsciiString text, int kind) {
    for (int i = 0; i < text.length(); i++) {
      if ((CLASSES[text.byteAt(i) & 0xff] & kind) == 0) return false;
    }
    return true;
  }

  /** Whether the bytes are this text, which is in small letters, in any case. */
  static boolean is(ByteBuf in, int from, int to, String text) {
    if (to - from != text.length()) return false;
    for (int i = 0; i < text.length(); i++) {
      int b = in.getByte(from + i);
      if (b >= 'A' && b <= 'Z') b += 'a' - 'A';
      if (b != text.charAt(i)) return false;
    }
    return true;
  }

  /** Whether the bytes begin with this text, in exactly this case. */
  static boolean starts(ByteBuf in, int from, int to, String text) {
    if (to - from < text.length()) return false;
    for (int i = 0; i < text.length(); i++) {
      if (in.getByte(from + i) != text.charAt(i)) return false;
    }
    return true;
  }
}
