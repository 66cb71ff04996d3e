package dev.sluice.http.framing;

import io.netty.buffer.ByteBuf;

/**
 * The head of one request, line by line: what it says of its own end (RFC 9112 §6), and whether it
 * says it beyond doubt. Not thread-safe.
 */
final class Head {
  private static final int MAX_LENGTH_DIGITS = 18;
  private static final byte[] BLANK = {'-', '-', '-'};
  private static final byte[] CLOSE = {'c', 'l', 'o', 's', 'e'};

  private boolean begun;
  private boolean http11;
  private boolean host;
  private boolean chunked;
  private long length = -1;

  /** One of its lines, without its CRLF. */
  void line(ByteBuf in, int from, int to) throws BadFraming {
    if (begun) fieldLine(in, from, to);
    else requestLine(in, from, to);
    begun = true;
  }

  boolean hasBegun() {
    return begun;
  }

  /** The empty line has come: is everything there, and nothing twice? */
  void complete() throws BadFraming {
    if (http11 && !host) throw new BadFraming("HTTP/1.1 needs a Host header (RFC 9112 §3.2)");
    if (chunked && length >= 0) {
      throw new BadFraming("a body has either Content-Length or Transfer-Encoding (RFC 9112 §6.1)");
    }
    if (chunked && !http11) throw new BadFraming("HTTP/1.0 has no chunks (RFC 9112 §6.1)");
  }

  boolean isChunked() {
    return chunked;
  }

  /** Bytes of a body that is not chunked; 0 without one. */
  long length() {
    return Math.max(0, length);
  }

  /** For the next request of the connection. */
  void reset() {
    begun = false;
    host = false;
    chunked = false;
    length = -1;
  }

  /** {@code method SP target SP version}, with single spaces (RFC 9112 §3). */
  private void requestLine(ByteBuf in, int from, int to) throws BadFraming {
    int first = in.indexOf(from, to, (byte) ' ');
    int second = first < 0 ? -1 : in.indexOf(first + 1, to, (byte) ' ');
    if (second < 0 || !Grammar.isToken(in, from, first)) {
      throw new BadFraming("the first line is not \"method target HTTP/1.1\" (RFC 9112 §3)");
    }
    version(in, second + 1, to);
    if (first - from == 7 && Grammar.starts(in, from, first, "CONNECT")) {
      throw new BadFraming(501, "CONNECT is not served here");
    }
    target(in, first + 1, second, Grammar.starts(in, from, first, "OPTIONS"));
  }

  private void version(ByteBuf in, int from, int to) throws BadFraming {
    boolean known = to - from == 8 && Grammar.starts(in, from, to, "HTTP/");
    if (!known || in.getByte(from + 6) != '.' || !Grammar.isDigits(in, from + 7, to)) {
      throw new BadFraming("the first line ends with no HTTP version (RFC 9112 §2.3)");
    }
    if (in.getByte(from + 5) != '1') {
      throw new BadFraming(505, "this HTTP version is not spoken on this connection");
    }
    http11 = in.getByte(from + 7) != '0';
  }

  /** Origin form, absolute form, or {@code *} for OPTIONS (RFC 9112 §3.2). */
  private void target(ByteBuf in, int from, int to, boolean options) throws BadFraming {
    if (!Grammar.isTarget(in, from, to)) {
      throw new BadFraming("the request target has characters that must be encoded (RFC 3986 §2)");
    }
    if (in.getByte(from) == '/' || options && to - from == 1 && in.getByte(from) == '*') return;
    int scheme = in.indexOf(from, to, (byte) ':');
    boolean http =
        scheme > 0
            && (Grammar.is(in, from, scheme, "http") || Grammar.is(in, from, scheme, "https"))
            && Grammar.starts(in, scheme, to, "://");
    int authority = scheme + 3;
    int end = authority;
    while (http && end < to && in.getByte(end) != '/' && in.getByte(end) != '?') end++;
    if (!http || !Grammar.isHost(in, authority, end)) {
      throw new BadFraming("the request target is neither a path nor a URL (RFC 9112 §3.2)");
    }
  }

  /** A field after the last chunk; one that would have framed the message comes too late. */
  void trailer(ByteBuf in, int from, int to) throws BadFraming {
    int colon = fieldName(in, from, to);
    fieldValue(in, colon + 1, to);
    if (Grammar.is(in, from, colon, "content-length")
        || Grammar.is(in, from, colon, "transfer-encoding")
        || Grammar.is(in, from, colon, "host")) {
      throw new BadFraming("a trailer may not frame the message (RFC 9110 §6.5.1)");
    }
  }

  private static int fieldName(ByteBuf in, int from, int to) throws BadFraming {
    byte first = in.getByte(from);
    if (first == ' ' || first == '\t') {
      throw new BadFraming("a header is folded over lines (RFC 9112 §5.2)");
    }
    int colon = in.indexOf(from, to, (byte) ':');
    if (colon < 0 || !Grammar.isToken(in, from, colon)) {
      throw new BadFraming("a header has no proper name before its colon (RFC 9112 §5.1)");
    }
    return colon;
  }

  private static void fieldValue(ByteBuf in, int from, int to) throws BadFraming {
    if (!Grammar.isFieldValue(in, from, to)) {
      throw new BadFraming("a header has a control character (RFC 9110 §5.5)");
    }
  }

  private void fieldLine(ByteBuf in, int from, int to) throws BadFraming {
    int colon = fieldName(in, from, to);
    fieldValue(in, colon + 1, to);
    int begin = colon + 1;
    int end = to;
    while (begin < end && isBlank(in.getByte(begin))) begin++;
    while (begin < end && isBlank(in.getByte(end - 1))) end--;
    switch (colon - from) {
      case 4 -> host(in, from, colon, begin, end);
      case 10 -> connection(in, from, colon, begin, end);
      case 7 -> upgrade(in, from, colon, begin, end);
      case 14 -> contentLength(in, from, colon, begin, end);
      case 17 -> transferEncoding(in, from, colon, begin, end);
      default -> {}
    }
  }

  private void host(ByteBuf in, int from, int colon, int begin, int end) throws BadFraming {
    if (!Grammar.is(in, from, colon, "host")) return;
    if (host) throw new BadFraming("there are two Host headers (RFC 9112 §3.2)");
    if (!Grammar.isHost(in, begin, end)) {
      throw new BadFraming("the Host header names no host (RFC 9112 §3.2)");
    }
    host = true;
  }

  /**
   * The upgrade to HTTP/2 within a connection is obsolete (RFC 9113 §3.1) and would hide what
   * follows from this check: it is blanked out, which is to ignore it (RFC 9110 §7.8).
   */
  private static void upgrade(ByteBuf in, int from, int colon, int begin, int end) {
    if (!Grammar.is(in, from, colon, "upgrade")) return;
    for (int i = begin; i + 3 <= end; i++) {
      if (Grammar.is(in, i, i + 3, "h2c")) in.setBytes(i, BLANK);
    }
  }

  /** {@code close} among other options is close (RFC 9112 §9.6); the codec knows it only alone. */
  private static void connection(ByteBuf in, int from, int colon, int begin, int end) {
    if (!Grammar.is(in, from, colon, "connection") || end - begin <= CLOSE.length) return;
    for (int at = begin; at < end; ) {
      int comma = in.indexOf(at, end, (byte) ',');
      int to = comma < 0 ? end : comma;
      while (at < to && isBlank(in.getByte(at))) at++;
      int last = to;
      while (at < last && isBlank(in.getByte(last - 1))) last--;
      if (Grammar.is(in, at, last, "close")) {
        in.setBytes(begin, CLOSE);
        for (int i = begin + CLOSE.length; i < end; i++) in.setByte(i, ' ');
        return;
      }
      at = to + 1;
    }
  }

  private void contentLength(ByteBuf in, int from, int colon, int begin, int end)
      throws BadFraming {
    if (!Grammar.is(in, from, colon, "content-length")) return;
    if (length >= 0) throw new BadFraming("there are two Content-Lengths (RFC 9112 §6.3)");
    if (!Grammar.isDigits(in, begin, end) || end - begin > MAX_LENGTH_DIGITS) {
      throw new BadFraming("Content-Length is not a number of bytes (RFC 9112 §6.2)");
    }
    length = 0;
    for (int i = begin; i < end; i++) length = length * 10 + (in.getByte(i) - '0');
  }

  private void transferEncoding(ByteBuf in, int from, int colon, int begin, int end)
      throws BadFraming {
    if (!Grammar.is(in, from, colon, "transfer-encoding")) return;
    if (chunked) throw new BadFraming("there are two Transfer-Encodings (RFC 9112 §6.1)");
    if (!Grammar.is(in, begin, end, "chunked")) {
      throw new BadFraming(501, "the one Transfer-Encoding known here is chunked (RFC 9112 §6.1)");
    }
    chunked = true;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }
}
