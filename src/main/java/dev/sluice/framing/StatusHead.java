package dev.sluice.framing;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/**
 * The head of one response, line by line: its status, what its fields say of its end, and whether
 * the connection stays. Not thread-safe.
 */
final class StatusHead {
  private final FieldLine field = new FieldLine();
  private final BodyFields body = new BodyFields();
  private boolean begun;
  private boolean http11;
  private int status;
  private String reason;
  private MultiMap fields;
  private boolean close;
  private boolean keepAlive;

  /** One of its lines, without its CRLF. */
  void line(ByteBuf in, int from, int to) throws BadFraming {
    if (begun) field(in, from, to);
    else statusLine(in, from, to);
    begun = true;
  }

  boolean hasBegun() {
    return begun;
  }

  /** The empty line has come: the head is whole, and the next line begins another. */
  Answer complete() throws BadFraming {
    body.complete(http11);
    begun = false;
    HttpVersion version = http11 ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
    return new Answer(version, status, reason, fields);
  }

  boolean isChunked() {
    return body.isChunked();
  }

  /** Bytes of its body; -1 where it says nothing of them. */
  long length() {
    return body.length();
  }

  /** Whether the sender keeps the connection (RFC 9112 §9.3). */
  boolean persists() {
    return !close && (http11 || keepAlive);
  }

  /** {@code HTTP-version SP 3DIGIT [ SP reason-phrase ]} (RFC 9112 §4). */
  private void statusLine(ByteBuf in, int from, int to) throws BadFraming {
    close = keepAlive = false;
    body.reset();
    fields = MultiMap.caseInsensitiveMultiMap();
    http11 = Grammar.starts(in, from, to, "HTTP/1.1 ");
    if (to - from < 12 || !http11 && !Grammar.starts(in, from, to, "HTTP/1.0 ")) {
      throw notHttp();
    }
    boolean code = Grammar.isDigits(in, from + 9, from + 12);
    status = code ? (int) Grammar.number(in, from + 9, from + 12) : 0;
    if (status < 100 || status > 599) {
      throw new BadFraming("the status is not between 100 and 599 (RFC 9110 §15)");
    }
    boolean parted = to == from + 12 || in.getByte(from + 12) == ' ';
    if (!parted || !Grammar.isFieldValue(in, from + 12, to)) {
      throw new BadFraming("the status line has no proper reason phrase (RFC 9112 §4)");
    }
    reason = reason(in, Math.min(to, from + 13), to);
  }

  /** What it says beside what its status says anyway. */
  private String reason(ByteBuf in, int from, int to) {
    String usual = HttpResponseStatus.valueOf(status).reasonPhrase();
    boolean same = to - from == usual.length() && Grammar.starts(in, from, to, usual);
    return same ? null : in.toString(from, to - from, StandardCharsets.ISO_8859_1);
  }

  /** Fails where these first bytes of a line cannot become a status line: nobody waits for more. */
  static void begins(ByteBuf in, int from, int end) throws BadFraming {
    String text = "HTTP/1.";
    int bytes = Math.min(end - from, text.length());
    if (!Grammar.starts(in, from, end, text.substring(0, bytes))) throw notHttp();
  }

  private static BadFraming notHttp() {
    return new BadFraming("the status line does not begin with HTTP/1.1 (RFC 9112 §4)");
  }

  private void field(ByteBuf in, int from, int to) throws BadFraming {
    field.read(in, from, to);
    body.field(in, field);
    fields.add(field.name(), field.value());
    if (field.nameLength() != 10 || !field.isNamed("connection")) return;
    close |= field.lists("close");
    keepAlive |= field.lists("keep-alive");
  }
}
