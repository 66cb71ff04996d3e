package dev.sluice.framing;

import io.netty.buffer.ByteBuf;

/**
 * Follows the requests of one HTTP/1 connection byte by byte, and says how far they are sound.
 * Heads are passed on whole, bodies as they come; a chunk's frame only once it is complete. Not
 * thread-safe.
 */
final class RequestFraming {
  private enum Expects {
    HEAD,
    BODY,
    CHUNKS
  }

  private final Head head = new Head();
  private final Chunks chunks = new Chunks();
  private final int maxHead;
  private Expects expects = Expects.HEAD;
  private long left;
  private int sound;
  private int scanned; // bytes of a head that were looked at before
  private int lineAt; // where in them the current line begins
  private boolean closeDue;
  private boolean between;
  private boolean upgrading;

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
    check(in, false);
  }

  /** The same, up to the end of one request at most; {@link #isBetween} says that it is there. */
  void checkNext(ByteBuf in) throws BadFraming {
    check(in, true);
  }

  private void check(ByteBuf in, boolean one) throws BadFraming {
    int end = in.writerIndex();
    sound = in.readerIndex();
    closeDue = between = false;
    while (sound < end && !closeDue && !(one && between)) {
      int at = sound;
      int next =
          switch (expects) {
            case HEAD -> head(in, at, end);
            case BODY -> data(at, end);
            case CHUNKS -> chunks(in, at, end);
          };
      if (next < 0) return;
      sound = next;
      between = expects == Expects.HEAD && !closeDue;
    }
  }

  /** Whether the sound bytes end where a request does. */
  boolean isBetween() {
    return between;
  }

  /**
   * Whether the last head asks for another protocol: what follows may be no HTTP, and must not be
   * looked at before that is decided.
   */
  boolean isUpgrading() {
    return upgrading;
  }

  /** The index behind the last byte that is beyond doubt, after a failed check too. */
  int sound() {
    return sound;
  }

  /**
   * Whether the codec must read {@code Connection: close} behind the sound bytes, which end in a
   * head, and before the rest is checked: there it stands among other options, whose names are
   * needed.
   */
  boolean isCloseDue() {
    return closeDue;
  }

  /** Behind the head, or before its end where a line is due; -1 while it is not complete. */
  private int head(ByteBuf in, int from, int end) throws BadFraming {
    int line = from + lineAt;
    int look = from + scanned;
    while (true) {
      int lf = in.indexOf(look, end, (byte) '\n');
      if (lf < 0) break;
      int to = Grammar.endOfLine(in, line, lf);
      boolean empty = to == line;
      if (empty && head.hasBegun()) {
        if (head.hidesClose()) return endLater(line);
        begin();
        return lf + 1;
      }
      if (!empty) head.line(in, line, to); // an empty line before a request is ignored (§2.2)
      line = look = lf + 1;
    }
    Grammar.unfinished(in, Math.max(line, look - 1), end);
    scanned = end - from;
    lineAt = line - from;
    if (scanned > maxHead) {
      throw new BadFraming(head.hasBegun() ? 431 : 414, "the head of the request is too large");
    }
    return -1;
  }

  private int endLater(int line) {
    head.closeIsSaid();
    closeDue = true;
    scanned = lineAt = 0;
    return line;
  }

  private void begin() throws BadFraming {
    head.complete();
    left = head.length();
    expects = head.isChunked() ? Expects.CHUNKS : left > 0 ? Expects.BODY : Expects.HEAD;
    if (head.isChunked()) chunks.begin();
    upgrading = head.asksToUpgrade() && expects == Expects.HEAD;
    head.reset();
    scanned = lineAt = 0;
  }

  private int data(int from, int end) {
    int bytes = (int) Math.min(left, end - from);
    left -= bytes;
    if (left == 0) expects = Expects.HEAD;
    return from + bytes;
  }

  private int chunks(ByteBuf in, int from, int end) throws BadFraming {
    int next = chunks.check(in, from, end);
    if (chunks.isOver()) expects = Expects.HEAD;
    return next;
  }
}
