package dev.sluice.harness;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An HTTP/2 client that writes whatever frames it is told to, and reads what comes back. */
public final class RawHttp2 implements AutoCloseable {
  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int PRIORITY = 2;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;
  public static final int END_STREAM = 1;
  public static final int END_HEADERS = 4;
  private static final int MOST = 16_384; // of one frame (RFC 9113 §4.2)
  private static final int PRIORITY_GIVEN = 0x20;
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  /** What came; {@code status} is null for all but HEADERS. */
  public record Frame(int type, int flags, int stream, byte[] payload, String status) {
    private String error() {
      int code = ByteBuffer.wrap(payload).getInt(type == GOAWAY ? 4 : 0);
      return Http2Error.valueOf(code).name();
    }
  }

  private final Socket socket;
  private final OutputStream out;
  private final DataInputStream in;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();

  /** Begins with the preface and these settings, as pairs of identifier and value. */
  public RawHttp2(Socket socket, int... settings) throws IOException {
    this.socket = socket;
    this.out = socket.getOutputStream();
    this.in = new DataInputStream(socket.getInputStream());
    out.write(PREFACE.getBytes(StandardCharsets.US_ASCII));
    ByteBuffer payload = ByteBuffer.allocate(settings.length * 3);
    for (int i = 0; i < settings.length; i += 2) {
      payload.putShort((short) settings[i]).putInt(settings[i + 1]);
    }
    frame(SETTINGS, 0, 0, payload.array());
  }

  public RawHttp2 frame(int type, int flags, int stream, byte... payload) throws IOException {
    out.write(frame(payload, type, flags, stream));
    return this;
  }

  /** The same frame again and again, until the other side has had enough; whether it has. */
  public boolean flood(int times, int type, int flags, int stream, byte... payload) {
    byte[] frame = frame(payload, type, flags, stream);
    ByteBuffer hundred = ByteBuffer.allocate(100 * frame.length);
    while (hundred.hasRemaining()) hundred.put(frame);
    try {
      for (int i = 0; i < times; i += 100) out.write(hundred.array());
      return false;
    } catch (IOException closed) {
      return true;
    }
  }

  private static byte[] frame(byte[] payload, int type, int flags, int stream) {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    return frame.array();
  }

  /** HEADERS of a request, with CONTINUATIONs where it is large, and fields as pairs. */
  public RawHttp2 request(int stream, boolean end, String... fields) throws IOException {
    byte[] block = block(fields);
    int type = HEADERS;
    for (int at = 0; at < block.length; at += MOST) {
      int to = Math.min(block.length, at + MOST);
      int flags = (end && at == 0 ? END_STREAM : 0) | (to == block.length ? END_HEADERS : 0);
      frame(type, flags, stream, Arrays.copyOfRange(block, at, to));
      type = CONTINUATION;
    }
    return this;
  }

  /** Literal fields, neither compressed nor indexed (RFC 7541 §6.2.2). */
  public static byte[] block(String... fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i++) {
      if (i % 2 == 0) block.write(0);
      byte[] text = fields[i].getBytes(StandardCharsets.ISO_8859_1);
      if (text.length < 127) {
        block.write(text.length);
      } else { // RFC 7541 §5.1
        block.write(127);
        int rest = text.length - 127;
        for (; rest >= 128; rest >>= 7) block.write(rest & 127 | 128);
        block.write(rest);
      }
      block.writeBytes(text);
    }
    return block.toByteArray();
  }

  /** The next frame; null where the connection has ended. */
  public Frame next() throws IOException {
    try {
      int lengthAndType = in.readInt();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      byte[] payload = in.readNBytes(lengthAndType >>> 8);
      int type = lengthAndType & 0xff;
      String status = type == HEADERS ? status(stream, flags, payload) : null;
      return new Frame(type, flags, stream, payload, status);
    } catch (EOFException | SocketException ended) {
      return null;
    }
  }

  /**
   * What becomes of a stream: a status, {@code RST} or {@code GOAWAY} with an error's name, or
   * {@code closed}. Of stream 0, only the last two.
   */
  public String outcome(int stream) throws IOException {
    while (true) {
      Frame frame = next();
      if (frame == null) return "closed";
      if (frame.type() == GOAWAY) return "GOAWAY " + frame.error();
      if (frame.stream() != stream || stream == 0) continue;
      if (frame.type() == RST_STREAM) return "RST " + frame.error();
      if (frame.type() == HEADERS) return frame.status();
    }
  }

  /** Waits for a frame of a kind. */
  public void until(int type, int stream) throws IOException {
    Frame frame;
    do {
      frame = next();
      if (frame == null) throw new EOFException("the connection has ended");
    } while (frame.type() != type || frame.stream() != stream);
  }

  private String status(int stream, int flags, byte[] payload) throws IOException {
    try {
      ByteBuf block = Unpooled.wrappedBuffer(payload);
      if ((flags & PRIORITY_GIVEN) != 0) block.skipBytes(5);
      Http2Headers headers = decoder.decodeHeaders(stream, block);
      return String.valueOf(headers.status());
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
