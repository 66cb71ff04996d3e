package dev.sluice.framing;

import io.netty.buffer.ByteBuf;
import io.vertx.core.MultiMap;

/**
 * Follows one chunked body (RFC 9112 §7.1). Data is passed on as it comes, a chunk's frame and the
 * trailers' lines only once they are complete. Not thread-safe.
 */
final class Chunks {
  /** The codec behind counts a chunk in 31 bits: what it would cut short is refused here. */
  private static final long MAX_CHUNK = Integer.MAX_VALUE;

  private static final int MAX_LINE = 1024;
  private static final int MAX_TRAILERS = 8 * 1024;

  private enum Expects {
    LINE,
    DATA,
    END,
    TRAILERS,
    NOTHING
  }

  private final FieldLine line = new FieldLine();
  private MultiMap trailers;
  private Expects expects = Expects.NOTHING;
  private long left;
  private int trailerBytes;
  private int scanned; // bytes of a line that were looked at before

  /** A chunked body begins. */
  void begin() {
    expects = Expects.LINE;
    left = trailerBytes = scanned = 0;
    trailers = null;
  }

  /** Whether it has ended, with the bytes seen last. */
  boolean isOver() {
    return expects == Expects.NOTHING;
  }

  /** Whether the next bytes are a chunk's data. */
  boolean isInData() {
    return expects == Expects.DATA;
  }

  /** The fields behind the last chunk. */
  MultiMap trailers() {
    return trailers == null ? MultiMap.caseInsensitiveMultiMap() : trailers;
  }

  /** Up to where the bytes may be passed on; -1 where more must come first. */
  int check(ByteBuf in, int from, int end) throws BadFraming {
    return switch (expects) {
      case LINE -> size(in, from, end);
      case DATA -> data(from, end);
      case END -> dataEnd(in, from, end);
      case TRAILERS -> trailer(in, from, end);
      case NOTHING -> -1;
    };
  }

  /** {@code 1*HEXDIG [ chunk-ext ] CRLF}. */
  private int size(ByteBuf in, int from, int end) throws BadFraming {
    int lf = lineEnd(in, from, end);
    if (lf < 0) return -1;
    int to = Grammar.endOfLine(in, from, lf);
    int digits = from;
    long size = 0;
    while (digits < to && Grammar.isHex(in.getByte(digits))) {
      size = Math.min(MAX_CHUNK + 1, size * 16 + Character.digit(in.getByte(digits++), 16));
    }
    boolean extended = digits < to && isExtension(in, digits, to);
    if (digits == from || size > MAX_CHUNK || digits < to && !extended) {
      throw new BadFraming("a chunk has no proper size (RFC 9112 §7.1)");
    }
    left = size;
    expects = size == 0 ? Expects.TRAILERS : Expects.DATA;
    return lf + 1;
  }

  /** {@code *( BWS ";" … )}; what it says is ignored (RFC 9112 §7.1.1). */
  private static boolean isExtension(ByteBuf in, int from, int to) {
    int at = from;
    while (at < to && Grammar.isBlank(in.getByte(at))) at++;
    return at < to && in.getByte(at) == ';' && Grammar.isFieldValue(in, at, to);
  }

  private int data(int from, int end) {
    int bytes = (int) Math.min(left, end - from);
    left -= bytes;
    if (left == 0) expects = Expects.END;
    return from + bytes;
  }

  private int dataEnd(ByteBuf in, int from, int end) throws BadFraming {
    boolean wrong = in.getByte(from) != '\r' || end - from > 1 && in.getByte(from + 1) != '\n';
    if (wrong) throw new BadFraming("a chunk is longer than its size (RFC 9112 §7.1)");
    if (end - from < 2) return -1;
    expects = Expects.LINE;
    return from + 2;
  }

  /** A field behind the last chunk; one that would have framed the message comes too late. */
  private int trailer(ByteBuf in, int from, int end) throws BadFraming {
    int lf = lineEnd(in, from, end);
    if (lf < 0) return -1;
    int to = Grammar.endOfLine(in, from, lf);
    trailerBytes += to - from;
    if (trailerBytes > MAX_TRAILERS) throw new BadFraming(431, "the trailers are too large");
    if (to == from) {
      expects = Expects.NOTHING;
      return lf + 1;
    }
    line.read(in, from, to);
    if (BodyFields.frames(line) || line.isNamed("host")) {
      throw new BadFraming("a trailer may not frame the message (RFC 9110 §6.5.1)");
    }
    if (trailers == null) trailers = MultiMap.caseInsensitiveMultiMap();
    trailers.add(line.name(), line.value());
    return lf + 1;
  }

  private int lineEnd(ByteBuf in, int from, int end) throws BadFraming {
    int lf = in.indexOf(from + scanned, end, (byte) '\n');
    scanned = lf < 0 ? end - from : 0;
    if (scanned > MAX_LINE && expects == Expects.LINE || scanned > MAX_TRAILERS) {
      throw new BadFraming("a chunk's size line is too long (RFC 9112 §7.1.1)");
    }
    return lf;
  }
}
