package dev.sluice.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A frame as it is sent, encoded once for however many sockets of an event loop. Not thread-safe.
 */
public final class Frame {
  /**
   * So many sockets are given an array, which is copied for each; memory outside the heap costs.
   */
  private static final int FEW = 3;

  private static final int LEAST_COMPRESSED = 512;

  private final Opcode opcode;
  private final byte[] payload;
  private final Bytes plain;
  private Bytes deflated;

  private Frame(Opcode opcode, byte[] payload) {
    this.opcode = opcode;
    this.payload = payload;
    this.plain = Bytes.of(opcode, payload, false);
  }

  public static Frame text(String text) {
    return text(text.getBytes(StandardCharsets.UTF_8));
  }

  /** {@code utf8} is a text, and nobody's to change any more. */
  public static Frame text(byte[] utf8) {
    return new Frame(Opcode.TEXT, utf8);
  }

  /** Sent to nobody compressed. {@code payload} is nobody's to change any more. */
  public static Frame plain(boolean text, byte[] payload) {
    Frame frame = new Frame(text ? Opcode.TEXT : Opcode.BINARY, payload);
    frame.deflated = frame.plain;
    return frame;
  }

  static Frame ping() {
    return new Frame(Opcode.PING, new byte[0]);
  }

  static Frame pong(byte[] payload) {
    return new Frame(Opcode.PONG, payload);
  }

  /** RFC 6455 §5.5.1. */
  static Frame close(int code, String reason) {
    if (code == CloseCode.NO_STATUS) return new Frame(Opcode.CLOSE, new byte[0]);
    byte[] text = Reason.of(reason);
    ByteBuffer payload = ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text);
    return new Frame(Opcode.CLOSE, payload.array());
  }

  /** What it weighs while it waits, in bytes. */
  public int weight() {
    return payload.length;
  }

  /** For a socket; {@code deflate} is null where it takes nothing compressed. */
  ByteBuf encoded(Deflate deflate) {
    if (deflate == null || opcode.isControl() || payload.length < LEAST_COMPRESSED) {
      return plain.buffer();
    }
    if (deflated == null) deflated = Bytes.of(opcode, deflate.deflate(payload), true);
    return deflated.buffer();
  }

  /** Head and payload. */
  private static final class Bytes {
    private final byte[] array;
    private int given;
    private ByteBuf shared; // outside the heap, as the socket wants it, and nobody's to release

    private Bytes(byte[] array) {
      this.array = array;
    }

    static Bytes of(Opcode opcode, byte[] payload, boolean compressed) {
      int head = payload.length < 126 ? 2 : payload.length < 1 << 16 ? 4 : 10;
      ByteBuffer out = ByteBuffer.allocate(head + payload.length);
      out.put((byte) (0x80 | (compressed ? 0x40 : 0) | opcode.code()));
      if (head == 2) out.put((byte) payload.length);
      else if (head == 4) out.put((byte) 126).putShort((short) payload.length);
      else out.put((byte) 127).putLong(payload.length);
      return new Bytes(out.put(payload).array());
    }

    ByteBuf buffer() {
      if (shared == null) {
        if (given++ < FEW) return Unpooled.wrappedBuffer(array);
        ByteBuffer copy = ByteBuffer.allocateDirect(array.length).put(array).flip();
        shared = Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(copy));
      }
      return shared.duplicate();
    }
  }
}
