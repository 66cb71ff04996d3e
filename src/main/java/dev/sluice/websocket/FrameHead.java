package dev.sluice.websocket;

import io.netty.buffer.ByteBuf;

/**
 * The head of one frame that a client sends, as its bytes come: 6 to 14 of them (RFC 6455 §5.2).
 */
final class FrameHead {
  private static final int SHORT = 126;
  private static final int LONG = 127;
  private static final int MASK = 0x80;

  private final byte[] bytes = new byte[14];
  private int there;

  /** Whether all of it has come; takes no byte more. */
  boolean take(ByteBuf in) throws BadFrame {
    while (there < length()) {
      if (!in.isReadable()) return false;
      bytes[there++] = in.readByte();
      if (there == 2 && (bytes[1] & MASK) == 0) {
        throw BadFrame.protocol("a client's frames are masked");
      }
    }
    return true;
  }

  private int length() {
    if (there < 2) return 2;
    int stated = bytes[1] & 0x7F;
    return stated == LONG ? 14 : stated == SHORT ? 8 : 6;
  }

  void reset() {
    there = 0;
  }

  boolean isFinal() {
    return (bytes[0] & 0x80) != 0;
  }

  boolean isCompressed() {
    return (bytes[0] & 0x40) != 0;
  }

  Opcode opcode() throws BadFrame {
    if ((bytes[0] & 0x30) != 0) throw BadFrame.protocol("a reserved bit is set");
    Opcode opcode = Opcode.of(bytes[0] & 0x0F);
    if (opcode == null) throw BadFrame.protocol("the opcode is reserved");
    return opcode;
  }

  /** Of the payload, in bytes; said in as few as it takes. */
  long payload() throws BadFrame {
    int stated = bytes[1] & 0x7F;
    if (stated < SHORT) return stated;
    long length = number(2, stated == SHORT ? 2 : 8);
    long least = stated == SHORT ? SHORT : 1 << 16;
    if (length < least) throw BadFrame.protocol("the length of a frame is not what it can be");
    return length;
  }

  int key() {
    return (int) number(length() - 4, 4);
  }

  private long number(int from, int count) {
    long number = 0;
    for (int i = from; i < from + count; i++) number = number << 8 | bytes[i] & 0xFF;
    return number;
  }
}
