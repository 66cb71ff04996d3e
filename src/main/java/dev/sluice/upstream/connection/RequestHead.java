package dev.sluice.upstream.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;

/** How HTTP/1.1 writes requests (RFC 9112 §3, §5, §7.1). */
final class RequestHead {
  private static final int USUAL_BYTES = 1024;
  private static final AsciiString VERSION_AND_HOST = AsciiString.cached(" HTTP/1.1\r\nhost: ");
  private static final AsciiString CHUNKED = AsciiString.cached("transfer-encoding: chunked\r\n");
  private static final ByteBuf CHUNK_END = constant("\r\n");
  private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");
  private static final int CRLF = '\r' << 8 | '\n';
  private static final int COLON = ':' << 8 | ' ';

  private RequestHead() {}

  static ByteBuf of(ByteBufAllocator memory, Request request, boolean chunked) {
    ByteBuf head = memory.directBuffer(USUAL_BYTES);
    write(head, request.method().name());
    head.writeByte(' ');
    write(head, request.target());
    write(head, VERSION_AND_HOST);
    write(head, request.authority());
    head.writeShort(CRLF);
    Iterator<Map.Entry<CharSequence, CharSequence>> fields =
        ((HttpHeaders) request.fields()).iteratorCharSequence();
    while (fields.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = fields.next();
      write(head, field.getKey());
      head.writeShort(COLON);
      write(head, field.getValue());
      head.writeShort(CRLF);
    }
    if (chunked) write(head, CHUNKED);
    return head.writeShort(CRLF);
  }

  /** What stands before a chunk's data. */
  static ByteBuf chunk(ByteBufAllocator memory, int bytes) {
    ByteBuf size = memory.directBuffer(10);
    write(size, Integer.toHexString(bytes));
    return size.writeShort(CRLF);
  }

  /** What stands behind a chunk's data. */
  static ByteBuf chunkEnd() {
    return CHUNK_END.duplicate();
  }

  /** What stands behind all chunks. */
  static ByteBuf lastChunk() {
    return LAST_CHUNK.duplicate();
  }

  private static void write(ByteBuf to, CharSequence text) {
    if (text instanceof AsciiString ascii) ByteBufUtil.copy(ascii, to);
    else to.writeCharSequence(text, StandardCharsets.ISO_8859_1);
  }

  private static ByteBuf constant(String text) {
    ByteBuf bytes = Unpooled.directBuffer().writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    return Unpooled.unreleasableBuffer(bytes.asReadOnly());
  }
}
