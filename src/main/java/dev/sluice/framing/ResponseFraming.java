package dev.sluice.framing;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.impl.buffer.VertxByteBufAllocator;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the responses of one HTTP/1 connection, byte by byte: one for each request, for none is
 * sent before the last is answered. Whoever brings the bytes takes afterwards what they have made
 * whole. Of what was read together with a byte that is wrong nothing can be taken, so that a
 * failure of head or body can still be answered where both came at once. Not thread-safe.
 */
public final class ResponseFraming {
  /** The most bytes that the head of a response may have. */
  public static final int MAX_HEAD = 32 * 1024;

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

  private final Rest rest = new Rest();
  private final StatusHead head = new StatusHead();
  private final Chunks chunks = new Chunks();
  private final int maxHead;
  private Expects expects = Expects.NOTHING;
  private boolean toHead;
  private boolean mayUpgrade;
  private int interim;
  private boolean persists = true;
  private long left;
  private int headBytes;
  private int scanned; // bytes of a line that were looked at before

  private final List<MultiMap> hints = new ArrayList<>(0);
  private Answer answer;
  private ByteBuf data;
  private MultiMap trailers;

  public ResponseFraming() {
    this(MAX_HEAD);
  }

  ResponseFraming(int maxHead) {
    this.maxHead = maxHead;
  }

  /** A request is sent, to which the next response belongs. */
  public void sent(String method) {
    sent(method, false);
  }

  /** The same; {@code upgrades} where it asks for another protocol on its connection. */
  public void sent(String method, boolean upgrades) {
    mayUpgrade = upgrades;
    if (expects != Expects.NOTHING) persists = false; // two at once: nobody may use it after them
    toHead = method.equals("HEAD");
    interim = headBytes = 0;
    expects = Expects.HEAD;
  }

  /** Whether another request may be sent: the last was answered, and the connection stays. */
  public boolean isReusable() {
    return persists && isIdle();
  }

  /** Whether there is no request that waits for its answer, or for the rest of it. */
  public boolean isIdle() {
    return expects == Expects.NOTHING;
  }

  /** Whether the end of the connection is the end of the response (RFC 9112 §6.3). */
  public boolean isUntilClose() {
    return expects == Expects.UNTIL_CLOSE;
  }

  /** Reads what has come, and releases it. After a failure it is of no more use. */
  public void read(ChannelHandlerContext context, ByteBuf bytes) throws BadFraming {
    ByteBuf in = rest.with(context, bytes);
    boolean kept = false;
    try {
      while (in.isReadable() && step(in)) {}
      kept = in.isReadable();
    } finally {
      if (kept) rest.keep(in);
      else in.release();
    }
  }

  /** The connection is over, and the response with it if {@link #isUntilClose}. */
  public void end() {
    if (!isUntilClose()) return;
    expects = Expects.NOTHING;
    trailers = MultiMap.caseInsensitiveMultiMap();
  }

  /** The fields of early hints that have come (RFC 8297), in their order. */
  public List<MultiMap> takeHints() {
    if (hints.isEmpty()) return List.of();
    List<MultiMap> taken = List.copyOf(hints);
    hints.clear();
    return taken;
  }

  /** A response's head, or null where none has come. */
  public Answer takeHead() {
    Answer taken = answer;
    answer = null;
    return taken;
  }

  /** What has come of its body, or null. */
  public Buffer takeData() {
    if (data == null) return null;
    Buffer taken = BufferInternal.buffer(data);
    data = null;
    return taken;
  }

  /** The fields behind its body, which are none or more, where it has ended; else null. */
  public MultiMap takeEnd() {
    MultiMap taken = trailers;
    trailers = null;
    return taken;
  }

  /** After a 101, what has come behind it, which is the caller's; null where there is nothing. */
  public ByteBuf takeRest() {
    return rest.take();
  }

  /** Gives back what waits for more. */
  public void release() {
    rest.release();
  }

  /** False where more must come first. */
  private boolean step(ByteBuf in) throws BadFraming {
    return switch (expects) {
      case NOTHING -> extra(in);
      case HEAD -> line(in);
      case BODY -> body(in);
      case CHUNKS -> chunks(in);
      case UNTIL_CLOSE -> data(in, in.readableBytes());
      case ANOTHER_PROTOCOL -> false;
    };
  }

  /**
   * Bytes that nobody asked for: never part of a response (RFC 9112 §6.3), they are dropped, and
   * the connection with them.
   */
  private boolean extra(ByteBuf in) {
    persists = false;
    in.skipBytes(in.readableBytes());
    return false;
  }

  private boolean line(ByteBuf in) throws BadFraming {
    int from = in.readerIndex();
    int end = in.writerIndex();
    int lf = in.indexOf(from + scanned, end, (byte) '\n');
    int bytes = (lf < 0 ? end : lf + 1) - from;
    if (lf < 0) {
      Grammar.unfinished(in, from + Math.max(0, scanned - 1), end);
      if (!head.hasBegun()) StatusHead.begins(in, from, end);
    }
    if (headBytes + bytes > maxHead) {
      throw new BadFraming(431, "the head of the response is too large");
    }
    scanned = lf < 0 ? bytes : 0;
    if (lf < 0) return false;
    int to = Grammar.endOfLine(in, from, lf);
    headBytes += bytes;
    if (to > from) head.line(in, from, to);
    else if (head.hasBegun()) begin();
    else throw new BadFraming("a response begins with an empty line (RFC 9112 §2.2)");
    in.readerIndex(lf + 1);
    return true;
  }

  private void begin() throws BadFraming {
    Answer begun = head.complete();
    headBytes = 0;
    if (begun.status() == 101 && mayUpgrade) { // the last of HTTP (RFC 9110 §15.2.2)
      persists = false;
      answer = begun;
      expects = Expects.ANOTHER_PROTOCOL;
      return;
    }
    if (begun.status() < 200) {
      interim(begun);
      return;
    }
    persists &= head.persists();
    answer = begun;
    expects = body(begun.status());
    if (expects == Expects.NOTHING) over(MultiMap.caseInsensitiveMultiMap());
  }

  private void interim(Answer begun) throws BadFraming {
    if (begun.status() == 101) {
      throw new BadFraming("another protocol is spoken unasked (RFC 9110 §15.2.2)");
    }
    if (++interim > MAX_INTERIM) throw new BadFraming("there are too many interim responses");
    if (begun.status() == 103) hints.add(begun.fields());
  }

  /** How the body ends (RFC 9112 §6.3). */
  private Expects body(int status) {
    if (toHead || status == 204 || status == 304) return Expects.NOTHING;
    left = head.length();
    if (head.isChunked()) {
      chunks.begin();
      return Expects.CHUNKS;
    }
    if (left >= 0) return left == 0 ? Expects.NOTHING : Expects.BODY;
    persists = false;
    return Expects.UNTIL_CLOSE;
  }

  private boolean body(ByteBuf in) {
    int bytes = (int) Math.min(left, in.readableBytes());
    data(in, bytes);
    left -= bytes;
    if (left == 0) over(MultiMap.caseInsensitiveMultiMap());
    return true;
  }

  private boolean chunks(ByteBuf in) throws BadFraming {
    boolean isData = chunks.isInData();
    int from = in.readerIndex();
    int next = chunks.check(in, from, in.writerIndex());
    if (next < 0) return false;
    if (isData) data(in, next - from);
    else in.readerIndex(next);
    if (chunks.isOver()) over(chunks.trailers());
    return true;
  }

  /** All that comes at once is one part, in however many chunks. */
  private boolean data(ByteBuf in, int bytes) {
    if (data == null) {
      int room = expects == Expects.CHUNKS ? in.readableBytes() : bytes;
      data = VertxByteBufAllocator.DEFAULT.heapBuffer(room);
    }
    data.writeBytes(in, bytes);
    return true;
  }

  private void over(MultiMap trailers) {
    expects = Expects.NOTHING;
    this.trailers = trailers;
  }
}
