package dev.sluice.websocket;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what a client sends: frames, and the messages that they are parts of. Strict; what is wrong
 * is known at the first byte that is. Not thread-safe.
 */
final class Inbound {
  private static final int MAX_CONTROL = 125; // RFC 6455 §5.5

  /** What comes out. */
  interface Listener {
    /** A message is whole; the bytes of a text are UTF-8. */
    void message(boolean text, byte[] payload) throws BadFrame;

    void ping(byte[] payload);

    void pong(byte[] payload);

    /** The last that is heard of the peer. */
    void close(int code, String reason);
  }

  private final Bounds bounds;
  private final Deflate deflate; // null where nothing is compressed
  private final Listener listener;
  private final FrameHead head = new FrameHead();
  private final Utf8 utf8 = new Utf8();
  private final Payload message = new Payload();
  private final Payload control = new Payload();
  private Opcode frame; // that is being read; null between two
  private Opcode began; // the message that is; null between two
  private boolean compressed;
  private long length;
  private long left;
  private boolean over;

  Inbound(Bounds bounds, Deflate deflate, Listener listener) {
    this.bounds = bounds;
    this.deflate = deflate;
    this.listener = listener;
  }

  /** Takes all that is readable. */
  void read(ByteBuf in) throws BadFrame {
    while (!over) {
      if (frame == null) {
        if (!head.take(in)) return;
        begin();
      }
      boolean whole = frame.isControl() ? take(control, in) : data(in);
      if (!whole) return;
      Opcode read = frame;
      frame = null;
      head.reset();
      if (read.isControl()) control(read);
      else if (head.isFinal()) end();
    }
    in.skipBytes(in.readableBytes());
  }

  private void begin() throws BadFrame {
    frame = head.opcode();
    length = left = head.payload();
    if (frame.isControl()) beginControl();
    else beginData();
  }

  private void beginControl() throws BadFrame {
    if (!head.isFinal()) throw BadFrame.protocol("a control frame is in parts");
    if (head.isCompressed()) throw BadFrame.protocol("a control frame is compressed");
    if (length > MAX_CONTROL) throw BadFrame.protocol("a control frame has over 125 bytes");
  }

  private void beginData() throws BadFrame {
    boolean goesOn = frame == Opcode.CONTINUATION;
    if (goesOn == (began == null)) {
      throw BadFrame.protocol(goesOn ? "nothing is to be continued" : "a message is not ended");
    }
    if (head.isCompressed() && (goesOn || deflate == null)) {
      throw BadFrame.protocol("a reserved bit is set");
    }
    if (length > bounds.maxFrame()) {
      throw BadFrame.tooBig("a frame has over " + bounds.maxFrame() + " bytes");
    }
    if (length > bounds.maxMessage() - message.length()) throw tooBig();
    if (goesOn) return;
    began = frame;
    compressed = head.isCompressed();
  }

  private BadFrame tooBig() {
    return BadFrame.tooBig("a message has over " + bounds.maxMessage() + " bytes");
  }

  /** Whether the frame is whole. */
  private boolean take(Payload to, ByteBuf in) {
    int from = to.length();
    int count = (int) Math.min(left, in.readableBytes());
    to.take(in, count, from + left);
    Mask.apply(head.key(), (int) (length - left), to.bytes(), from, to.length());
    left -= count;
    return left == 0;
  }

  private boolean data(ByteBuf in) throws BadFrame {
    int from = message.length();
    boolean whole = take(message, in);
    boolean text = began == Opcode.TEXT && !compressed;
    if (text && !utf8.take(message.bytes(), from, message.length())) throw notUtf8();
    return whole;
  }

  private void end() throws BadFrame {
    boolean text = began == Opcode.TEXT;
    byte[] payload = message.give();
    if (compressed) {
      payload = deflate.inflate(payload, bounds.maxMessage());
      if (payload == null) throw tooBig();
      if (text && !utf8.take(payload, 0, payload.length)) throw notUtf8();
    }
    if (text && !utf8.isWhole()) throw notUtf8();
    utf8.reset();
    began = null;
    listener.message(text, payload);
  }

  private void control(Opcode opcode) throws BadFrame {
    byte[] payload = control.give();
    switch (opcode) {
      case PING -> listener.ping(payload);
      case PONG -> listener.pong(payload);
      default -> close(payload);
    }
  }

  private void close(byte[] payload) throws BadFrame {
    if (payload.length == 1) throw BadFrame.protocol("a close code has two bytes");
    int code = CloseCode.NO_STATUS;
    String reason = "";
    if (payload.length > 1) {
      code = (payload[0] & 0xFF) << 8 | payload[1] & 0xFF;
      if (!CloseCode.isValid(code)) throw BadFrame.protocol("no such close code may be sent");
      Utf8 check = new Utf8();
      if (!check.take(payload, 2, payload.length) || !check.isWhole()) throw notUtf8();
      reason = new String(Arrays.copyOfRange(payload, 2, payload.length), StandardCharsets.UTF_8);
    }
    over = true;
    listener.close(code, reason);
  }

  private static BadFrame notUtf8() {
    return BadFrame.payload("a text is not UTF-8");
  }
}
