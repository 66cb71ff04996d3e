package dev.sluice.framing;

import io.netty.buffer.ByteBuf;

/**
 * Follows the responses of one HTTP/1 connection byte by byte, and says how far they are sound: one
 * for each request, for none is sent before the last is answered. Heads are passed on whole, bodies
 * as they come. Not thread-safe.
 */
final class ResponseFraming {
  /** How many interim responses there may be before the final one. */
  private static final int MAX_INTERIM = 64;

  private enum Expects {
    NOTHING,
    HEAD,
    BODY,
    CHUNKS,
    UNTIL_CLOSE,
    ANOTHER_PROTOCOL
  }

  private final StatusHead head = new StatusHead();
  private final Chunks chunks = new Chunks();
  private final int maxHead;
  private Expects expects = Expects.NOTHING;
  private boolean toHead;
  private boolean toConnect;
  private boolean upgrade;
  private int interim;
  private boolean persists = true;
  private boolean bodiless;
  private long left;
  private int sound;
  private int scanned; // bytes of a head that were looked at before
  private int lineAt; // where in them the current line begins

  /** {@code maxHead} bytes is the most that a head may have. */
  ResponseFraming(int maxHead) {
    this.maxHead = maxHead;
  }

  /**
   * A request is sent, to which the next response belongs.
   *
   * @param upgrade whether it asks for another protocol (RFC 9110 §7.8)
   */
  void sent(String method, boolean upgrade) {
    if (expects != Expects.NOTHING) persists = false; // two at once: nobody may use it after them
    toHead = method.equals("HEAD");
    toConnect = method.equals("CONNECT");
    this.upgrade = upgrade;
    interim = 0;
    expects = Expects.HEAD;
  }

  /** Whether another request may be sent: the last was answered, and the connection stays. */
  boolean isReusable() {
    return persists && isIdle();
  }

  /** Whether there is no request that waits for its answer, or for the rest of it. */
  boolean isIdle() {
    return expects == Expects.NOTHING;
  }

  /** Whether the end of the connection is the end of the response. */
  boolean isUntilClose() {
    return expects == Expects.UNTIL_CLOSE;
  }

  /**
   * Looks at the readable bytes; {@link #sound} then says up to which index they may be passed on.
   * The rest must be brought again, with more. Interim responses that the codec would mistake are
   * taken out.
   */
  void check(ByteBuf in) throws BadFraming {
    int end = in.writerIndex();
    sound = in.readerIndex();
    while (sound < end) {
      int at = sound;
      int next =
          switch (expects) {
            case NOTHING -> extra();
            case HEAD -> head(in, at, end);
            case BODY -> data(at, end);
            case CHUNKS -> chunks(in, at, end);
            case UNTIL_CLOSE, ANOTHER_PROTOCOL -> end;
          };
      if (next < 0) return;
      sound = next;
    }
  }

  /** The index behind the last byte that is beyond doubt. */
  int sound() {
    return sound;
  }

  /**
   * Bytes that nobody asked for: never part of a response (RFC 9112 §6.3), they are dropped, and
   * the connection with them.
   */
  private int extra() {
    persists = false;
    return -1;
  }

  /** Behind the head, or -1 while it is not complete. */
  private int head(ByteBuf in, int from, int end) throws BadFraming {
    int line = from + lineAt;
    int look = from + scanned;
    while (true) {
      int lf = in.indexOf(look, end, (byte) '\n');
      if (lf < 0) break;
      int to = Grammar.endOfLine(in, line, lf);
      boolean empty = to == line;
      if (empty && head.hasBegun()) {
        if (lf - from > maxHead) throw tooLarge();
        return begin(in, from, lf + 1);
      }
      if (!empty) head.line(in, line, to);
      else throw new BadFraming("a response begins with an empty line (RFC 9112 §2.2)");
      line = look = lf + 1;
    }
    Grammar.unfinished(in, Math.max(line, look - 1), end);
    if (!head.hasBegun()) StatusHead.begins(in, line, end);
    scanned = end - from;
    lineAt = line - from;
    if (scanned > maxHead) throw tooLarge();
    return -1;
  }

  private static BadFraming tooLarge() {
    return new BadFraming("the head of the response is too large");
  }

  private int begin(ByteBuf in, int from, int next) throws BadFraming {
    head.complete();
    scanned = lineAt = 0;
    int status = head.status();
    if (status < 200 && status != 101) return interim(in, from, next);
    persists &= head.persists();
    expects = body(status);
    head.reset();
    return next;
  }

  /** How the body ends (RFC 9112 §6.3). */
  private Expects body(int status) throws BadFraming {
    bodiless = toHead || status == 204 || status == 304;
    if (status == 101 || toConnect && status < 300) {
      if (status == 101 && !upgrade) {
        throw new BadFraming("another protocol is spoken unasked (RFC 9110 §15.2.2)");
      }
      persists = false;
      return Expects.ANOTHER_PROTOCOL;
    }
    if (bodiless) return Expects.NOTHING;
    left = head.length();
    if (head.isChunked()) {
      chunks.begin();
      return Expects.CHUNKS;
    }
    if (left >= 0) return left == 0 ? Expects.NOTHING : Expects.BODY;
    persists = false;
    return Expects.UNTIL_CLOSE;
  }

  /** To a HEAD the codec takes any interim response for the final one, else those it knows not. */
  private int interim(ByteBuf in, int from, int next) throws BadFraming {
    int status = head.status();
    head.reset();
    if (++interim > MAX_INTERIM) throw new BadFraming("there are too many interim responses");
    if (!toHead && (status == 100 || status == 103)) return next;
    int before = from - in.readerIndex();
    byte[] passed = new byte[before];
    in.getBytes(in.readerIndex(), passed).setBytes(next - before, passed);
    in.readerIndex(next - before);
    return next;
  }

  private int data(int from, int end) {
    int bytes = (int) Math.min(left, end - from);
    left -= bytes;
    if (left == 0) expects = Expects.NOTHING;
    return from + bytes;
  }

  private int chunks(ByteBuf in, int from, int end) throws BadFraming {
    int next = chunks.check(in, from, end);
    if (chunks.isOver()) expects = Expects.NOTHING;
    return next;
  }
}
