package dev.sluice.framing;

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
    for (char c : "-._~!$&'()*+;=%".toCharArray()) CLASSES[c] |= HOST; // reg-name, but no list
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

  /** What the digits say; at most 18. */
  static long number(ByteBuf in, int from, int to) {
    long number = 0;
    for (int i = from; i < to; i++) number = number * 10 + (in.getByte(i) - '0');
    return number;
  }

  static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /** What can be no beginning of a line need not be waited for: a lone CR, another control. */
  static void unfinished(ByteBuf in, int from, int end) throws BadFraming {
    for (int i = from; i < end; i++) {
      byte b = in.getByte(i);
      boolean lone = b == '\r' && i + 1 < end; // there is no LF behind it
      if (lone || b != '\r' && (CLASSES[b & 0xff] & FIELD) == 0) {
        throw new BadFraming("a line has a control character (RFC 9112 §2.2)");
      }
    }
  }

  /** Where a line's text ends: before its CR. A lone LF is refused (RFC 9112 §2.2). */
  static int endOfLine(ByteBuf in, int from, int lf) throws BadFraming {
    if (lf == from || in.getByte(lf - 1) != '\r') {
      throw new BadFraming("a line ends with LF alone (RFC 9112 §2.2)");
    }
    return lf - 1;
  }

  static boolean isHex(byte b) {
    return (CLASSES[b & 0xff] & HEX) != 0;
  }

  /** {@code uri-host [":" port]} (RFC 9110 §7.2), not empty. */
  static boolean isHost(ByteBuf in, int from, int to) {
    int end = to;
    if (from < to && in.getByte(from) == '[') {
      end = in.indexOf(from, to, (byte) ']');
      if (end < from + 3) return false; // [::] is the shortest
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
    return from < end && all(in, from, end, HOST) && isEncoded(in, from, end);
  }

  private static boolean isPort(ByteBuf in, int from, int to) {
    return to - from <= 5 && isDigits(in, from, to) && number(in, from, to) <= 0xffff;
  }

  /** Whether every % is followed by two hex digits (RFC 3986 §2.1). */
  private static boolean isEncoded(ByteBuf in, int from, int to) {
    for (int i = from; i < to; i++) {
      if (in.getByte(i) != '%') continue;
      if (i + 2 >= to || !isHex(in.getByte(i + 1)) || !isHex(in.getByte(i + 2))) return false;
    }
    return true;
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
