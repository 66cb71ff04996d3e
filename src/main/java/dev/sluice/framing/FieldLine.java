package dev.sluice.framing;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;

/** One header field's line, taken apart (RFC 9112 §5); used again for the next. Not thread-safe. */
final class FieldLine {
  private ByteBuf in;
  private int from;
  private int colon;
  private int begin;
  private int end;

  /** Takes the line apart, without its CRLF; fails where it is no field beyond doubt. */
  FieldLine read(ByteBuf in, int from, int to) throws BadFraming {
    this.in = in;
    this.from = from;
    byte first = in.getByte(from);
    if (first == ' ' || first == '\t') {
      throw new BadFraming("a header is folded over lines (RFC 9112 §5.2)");
    }
    colon = in.indexOf(from, to, (byte) ':');
    if (colon < 0 || !Grammar.isToken(in, from, colon)) {
      throw new BadFraming("a header has no proper name before its colon (RFC 9112 §5.1)");
    }
    if (!Grammar.isFieldValue(in, colon + 1, to)) {
      throw new BadFraming("a header has a control character (RFC 9110 §5.5)");
    }
    begin = colon + 1;
    end = to;
    while (begin < end && Grammar.isBlank(in.getByte(begin))) begin++;
    while (begin < end && Grammar.isBlank(in.getByte(end - 1))) end--;
    return this;
  }

  AsciiString name() {
    return text(from, colon);
  }

  AsciiString value() {
    return text(begin, end);
  }

  private AsciiString text(int from, int to) {
    byte[] bytes = new byte[to - from];
    in.getBytes(from, bytes);
    return new AsciiString(bytes, false);
  }

  int nameLength() {
    return colon - from;
  }

  /** Whether it is called so; {@code name} is in small letters. */
  boolean isNamed(String name) {
    return Grammar.is(in, from, colon, name);
  }

  /** The first byte of its value. */
  int begin() {
    return begin;
  }

  /** Behind the last byte of its value. */
  int end() {
    return end;
  }

  /** Whether this is all it says; {@code text} is in small letters. */
  boolean says(String text) {
    return Grammar.is(in, begin, end, text);
  }

  /** Whether this is among the items of its list; {@code text} is in small letters. */
  boolean lists(String text) {
    for (int at = begin; at < end; ) {
      int comma = in.indexOf(at, end, (byte) ',');
      int to = comma < 0 ? end : comma;
      while (at < to && Grammar.isBlank(in.getByte(at))) at++;
      int last = to;
      while (at < last && Grammar.isBlank(in.getByte(last - 1))) last--;
      if (Grammar.is(in, at, last, text)) return true;
      at = to + 1;
    }
    return false;
  }
}
