package dev.sluice.framing;

import io.netty.buffer.ByteBuf;

/**
 * What the fields of a head say of its body's end (RFC 9112 §6). Every length but one plain number
 * is refused, a list of equal ones too (RFC 9110 §8.6 leaves the choice): something on the way has
 * read two messages as one. Not thread-safe.
 */
final class BodyFields {
  private static final int MAX_LENGTH_DIGITS = 18;

  private boolean chunked;
  private long length = -1;

  /** Takes note of a field, where it is one of these. */
  void field(ByteBuf in, FieldLine line) throws BadFraming {
    switch (line.nameLength()) {
      case 14 -> contentLength(in, line);
      case 17 -> transferEncoding(line);
      default -> {}
    }
  }

  /** All fields were seen; {@code http11} or HTTP/1.0. */
  void complete(boolean http11) throws BadFraming {
    if (chunked && length >= 0) {
      throw new BadFraming("a body has either Content-Length or Transfer-Encoding (RFC 9112 §6.1)");
    }
    if (chunked && !http11) throw new BadFraming("HTTP/1.0 has no chunks (RFC 9112 §6.1)");
  }

  boolean isChunked() {
    return chunked;
  }

  /** Its bytes; -1 where none of the fields tells. */
  long length() {
    return length;
  }

  void reset() {
    chunked = false;
    length = -1;
  }

  /** Whether a field would frame the message, and so comes too late behind its body. */
  static boolean frames(FieldLine line) {
    return line.isNamed("content-length") || line.isNamed("transfer-encoding");
  }

  private void contentLength(ByteBuf in, FieldLine line) throws BadFraming {
    if (!line.isNamed("content-length")) return;
    if (length >= 0) throw new BadFraming("there are two Content-Lengths (RFC 9112 §6.3)");
    int digits = line.end() - line.begin();
    if (!Grammar.isDigits(in, line.begin(), line.end()) || digits > MAX_LENGTH_DIGITS) {
      throw new BadFraming("Content-Length is not a number of bytes (RFC 9112 §6.2)");
    }
    length = Grammar.number(in, line.begin(), line.end());
  }

  private void transferEncoding(FieldLine line) throws BadFraming {
    if (!line.isNamed("transfer-encoding")) return;
    if (chunked) throw new BadFraming("there are two Transfer-Encodings (RFC 9112 §6.1)");
    if (!line.says("chunked")) {
      throw new BadFraming(501, "the one Transfer-Encoding known here is chunked (RFC 9112 §6.1)");
    }
    chunked = true;
  }
}
