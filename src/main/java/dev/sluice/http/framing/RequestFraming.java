package dev.sluice.http.framing;

import io.netty.buffer.ByteBuf;

/**
 * Follows the requests of one HTTP/1 connection byte by byte, and says how far they are sound.
 * Heads are passed on whole, bodies as they come; a chunk's frame only once it is complete. Not
 * thread-safe.
 */
final class RequestFraming {
  /** The codec behind counts a chunk in 31 bits: what it would cut short is refused here. */
  private static final long MAX_CHUNK = Integer.MAX_VALUE;

  private static final int MAX_CHUNK_LINE = 1024;
  private static final int MAX_TRAILERS = 8 * 1024;

  private enum Expects {
    HEAD,
    BODY,
    CHUNK_LINE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILERS
  }

  private final Head head = new Head();
  private final int maxHead;
  private Expects expects = Expects.HEAD;
  private long left;
  private int sound;
  private int trailerBytes;
  private int scanned; // bytes of a head, a line or a chunk's end that were looked at before
  private int lineAt; // where in them the current line begins

  /** {@code maxHead} bytes is the most that an unfinished head may have. */
  RequestFraming(int maxHead) {
    this.maxHead = maxHead;
  }

  /** Whether the bytes so far end within a body. */
  boolean isInBody() {
    return expects != Expects.HEAD;
  }

  /**
   * Looks at the readable bytes; {@link #sound} then says up to which index they may be passed on.
   * The rest must be brought again, with more.
   */
  void check(ByteBuf in) throws BadFraming {
    int end = in.writerIndex();
    sound = in.readerIndex();
    while (sound < end) {
      int at = sound;
      int next =
          switch (expects) {
            case HEAD -> head(in, at, end);
            case BODY, CHUNK_DATA -> data(at, end);
            case CHUNK_LINE -> chunkLine(in, at, end);
            case CHUNK_END -> chunkEnd(in, at, end);
            case TRAILERS -> trailers(in, at, end);
          };
      if (next < 0) return;
      sound = next;
    }
  }

  /** The index behind the last byte that is beyond doubt, after a failed check too. */
  int sound() {
    return sound;
  }

  /** Behind the head, or -1 while it is not complete. */
  private int head(ByteBuf in, int from, int end) throws BadFraming {
    int line = from + lineAt;
    int look = from + scanned;
    while (true) {
      int lf = in.indexOf(look, end, (byte) '\n');
      if (lf < 0) break;
      int to = endOfLine(in, line, lf);
      boolean empty = to == line;
      if (empty && head.hasBegun()) {
        begin();
        return lf + 1;
      }
      if (!empty) head.line(in, line, to); // an empty line before a request is ignored (§2.2)
      line = look = lf + 1;
    }
    scanned = end - from;
    lineAt = line - from;
    if (scanned > maxHead) {
      throw new BadFraming(head.hasBegun() ? 431 : 414, "the head of the request is too large");
    }
    return -1;
  }

  private void begin() throws BadFraming {
    head.complete();
    left = head.length();
    expects = head.isChunked() ? Expects.CHUNK_LINE : left > 0 ? Expects.BODY : Expects.HEAD;
    head.reset();
    scanned = lineAt = trailerBytes = 0;
  }

  private int data(int from, int end) {
    int bytes = (int) Math.min(left, end - from);
    left -= bytes;
    if (left == 0) expects = expects == Expects.BODY ? Expects.HEAD : Expects.CHUNK_END;
    return from + bytes;
  }

  /** {@code 1*HEXDIG [ chunk-ext ] CRLF} (RFC 9112 §7.1). */
  private int chunkLine(ByteBuf in, int from, int end) throws BadFraming {
    int lf = lineEnd(in, from, end);
    if (lf < 0) return -1;
    int to = endOfLine(in, from, lf);
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
    expects = size == 0 ? Expects.TRAILERS : Expects.CHUNK_DATA;
    return lf + 1;
  }

  /** {@code *( BWS ";" … )}; what it says is ignored (RFC 9112 §7.1.1). */
  private static boolean isExtension(ByteBuf in, int from, int to) {
    int at = from;
    while (at < to && (in.getByte(at) == ' ' || in.getByte(at) == '\t')) at++;
    return at < to && in.getByte(at) == ';' && Grammar.isFieldValue(in, at, to);
  }

  private int chunkEnd(ByteBuf in, int from, int end) throws BadFraming {
    boolean wrong = in.getByte(from) != '\r' || end - from > 1 && in.getByte(from + 1) != '\n';
    if (wrong) throw new BadFraming("a chunk is longer than its size (RFC 9112 §7.1)");
    if (end - from < 2) return -1;
    expects = Expects.CHUNK_LINE;
    return from + 2;
  }

  private int trailers(ByteBuf in, int from, int end) throws BadFraming {
    int lf = lineEnd(in, from, end);
    if (lf < 0) return -1;
    int to = endOfLine(in, from, lf);
    trailerBytes += to - from;
    if (trailerBytes > MAX_TRAILERS) throw new BadFraming(431, "the trailers are too large");
    if (to == from) expects = Expects.HEAD;
    else head.trailer(in, from, to);
    return lf + 1;
  }

  private int lineEnd(ByteBuf in, int from, int end) throws BadFraming {
    int lf = in.indexOf(from + scanned, end, (byte) '\n');
    scanned = lf < 0 ? end - from : 0;
    if (scanned > MAX_CHUNK_LINE && expects == Expects.CHUNK_LINE || scanned > MAX_TRAILERS) {
      throw new BadFraming("a chunk's size line is too long (RFC 9112 §7.1.1)");
    }
    return lf;
  }

  /** Where the line's text ends: before its CR. A lone LF, a CR elsewhere: refused (§2.2). */
  private static int endOfLine(ByteBuf in, int from, int lf) throws BadFraming {
    if (lf == from || in.getByte(lf - 1) != '\r') {
      throw new BadFraming("a line ends with LF alone (RFC 9112 §2.2)");
    }
    return lf - 1;
  }
}
