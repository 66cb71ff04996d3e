package dev.sluice.framing;

import io.netty.buffer.ByteBuf;

/**
 * The head of one request, line by line: what it says of its own end (RFC 9112 §6), and whether it
 * says it beyond doubt. Not thread-safe.
 */
final class Head {
  private static final byte[] BLANK = {'-', '-', '-'};

  private final FieldLine field = new FieldLine();
  private final BodyFields body = new BodyFields();
  private boolean begun;
  private boolean http11;
  private boolean host;
  private boolean listsClose;
  private boolean saysClose;
  private boolean upgrades;

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
    body.complete(http11);
  }

  boolean isChunked() {
    return body.isChunked();
  }

  /** Bytes of a body that is not chunked; 0 without one. */
  long length() {
    return Math.max(0, body.length());
  }

  /**
   * Whether {@code close} is there only among other options: it counts (RFC 9112 §9.6), but the
   * codec knows it only in a line of its own.
   */
  boolean hidesClose() {
    return listsClose && !saysClose;
  }

  /** Whether it asks for another protocol than HTTP on its connection (RFC 9110 §7.8). */
  boolean asksToUpgrade() {
    return upgrades;
  }

  /** That line is put behind the others. */
  void closeIsSaid() {
    saysClose = true;
  }

  /** For the next request of the connection. */
  void reset() {
    begun = false;
    host = listsClose = saysClose = upgrades = false;
    body.reset();
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
    if (http11) in.setByte(from + 7, '1'); // a later one is read as this one (RFC 9110 §2.5)
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

  private void fieldLine(ByteBuf in, int from, int to) throws BadFraming {
    field.read(in, from, to);
    switch (field.nameLength()) {
      case 4 -> host(in);
      case 7 -> upgrade(in);
      case 10 -> connection();
      default -> body.field(in, field);
    }
  }

  private void host(ByteBuf in) throws BadFraming {
    if (!field.isNamed("host")) return;
    if (host) throw new BadFraming("there are two Host headers (RFC 9112 §3.2)");
    if (!Grammar.isHost(in, field.begin(), field.end())) {
      throw new BadFraming("the Host header names no host (RFC 9112 §3.2)");
    }
    host = true;
  }

  /**
   * The upgrade to HTTP/2 within a connection is obsolete (RFC 9113 §3.1) and would hide what
   * follows from this check: it is blanked out, which is to ignore it (RFC 9110 §7.8).
   */
  private void upgrade(ByteBuf in) {
    if (!field.isNamed("upgrade")) return;
    for (int i = field.begin(); i + 3 <= field.end(); i++) {
      if (Grammar.is(in, i, i + 3, "h2c")) in.setBytes(i, BLANK);
    }
    upgrades |= field.lists("websocket");
  }

  private void connection() {
    if (!field.isNamed("connection")) return;
    saysClose |= field.says("close");
    listsClose |= field.lists("close");
  }
}
