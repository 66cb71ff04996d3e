package dev.sluice.framing;

import io.netty.buffer.ByteBuf;

/**
 * Follows what a client sends on an HTTP/2 connection frame by frame (RFC 9113 §4.1), and looks at
 * nothing but their headers. Not thread-safe.
 */
final class Frames {
  private static final int DATA = 0;
  static final int HEADERS = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PREFACE_LENGTH = 24;
  static final int HEADER_LENGTH = 9;

  private int got; // bytes of a frame's header
  private long lengthTypeFlags;
  private int stream;
  private int left = PREFACE_LENGTH;
  private boolean inHeaders;

  /** Goes to behind the next frame's header; -1 where the bytes end before that. */
  int next(ByteBuf in, int from) {
    int skipped = Math.min(left, in.writerIndex() - from);
    left -= skipped;
    for (int at = from + skipped; at < in.writerIndex(); ) {
      if (got == HEADER_LENGTH) got = 0;
      byte b = in.getByte(at++);
      if (got < 5) lengthTypeFlags = lengthTypeFlags << 8 | b & 0xff;
      else stream = stream << 8 | b & 0xff;
      if (++got == HEADER_LENGTH) {
        begin();
        return at;
      }
    }
    return -1;
  }

  private void begin() {
    stream &= Integer.MAX_VALUE;
    left = length();
    if (type() == HEADERS) inHeaders = true;
    if (inHeaders && (flags() & END_HEADERS) != 0) inHeaders = false;
  }

  /** Whether a head, or another frame that is small by nature, has begun and not ended. */
  boolean isOwed() {
    boolean within = left > 0 || got < HEADER_LENGTH && got > 0;
    return inHeaders || within && (got < HEADER_LENGTH || type() != DATA);
  }

  /** Whether a head has begun that goes on in CONTINUATIONs. */
  boolean isInHeaders() {
    return inHeaders;
  }

  /** Whether it asks for nothing and brings nothing. */
  boolean isOverhead() {
    if (type() == HEADERS) return false;
    return type() != DATA || length() == 0 && (flags() & END_STREAM) == 0;
  }

  int type() {
    return (int) (lengthTypeFlags >> 8 & 0xff);
  }

  int length() {
    return (int) (lengthTypeFlags >> 16 & 0xffffff);
  }

  int stream() {
    return stream;
  }

  private int flags() {
    return (int) (lengthTypeFlags & 0xff);
  }
}
