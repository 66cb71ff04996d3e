package dev.sluice.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** What a client sends, well-formed or not, and what came out of it. */
final class Frames implements Inbound.Listener {
  final List<String> heard = new ArrayList<>();

  /** One frame, masked; {@code first} has FIN, the reserved bits and the opcode. */
  static byte[] frame(int first, byte[] payload) {
    return frame(first, payload.length, payload);
  }

  /** The same, that says another length. */
  static byte[] frame(int first, long length, byte[] payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first);
    if (length < 126) {
      out.write(0x80 | (int) length);
    } else if (length < 1 << 16) {
      out.write(0x80 | 126);
      for (int shift = 8; shift >= 0; shift -= 8) out.write((int) (length >> shift));
    } else {
      out.write(0x80 | 127);
      for (int shift = 56; shift >= 0; shift -= 8) out.write((int) (length >> shift));
    }
    byte[] key = new byte[4];
    ThreadLocalRandom.current().nextBytes(key);
    out.writeBytes(key);
    for (int i = 0; i < payload.length; i++) out.write(payload[i] ^ key[i & 3]);
    return out.toByteArray();
  }

  static byte[] text(String text) {
    return frame(0x81, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) bytes[i] = (byte) values[i];
    return bytes;
  }

  static byte[] all(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) out.writeBytes(part);
    return out.toByteArray();
  }

  /** Reads the bytes in steps of so many. */
  Frames read(Inbound inbound, byte[] bytes, int step) throws BadFrame {
    for (int at = 0; at < bytes.length; at += step) {
      ByteBuf in = Unpooled.wrappedBuffer(bytes, at, Math.min(step, bytes.length - at));
      inbound.read(in);
      if (in.isReadable()) throw new AssertionError("left " + in.readableBytes());
    }
    return this;
  }

  @Override
  public void message(boolean text, byte[] payload) {
    String said = new String(payload, StandardCharsets.UTF_8);
    heard.add((text ? "text " : "binary ") + (said.length() > 200 ? said.length() : said));
  }

  @Override
  public void ping(byte[] payload) {
    heard.add("ping " + new String(payload, StandardCharsets.UTF_8));
  }

  @Override
  public void pong(byte[] payload) {
    heard.add("pong " + new String(payload, StandardCharsets.UTF_8));
  }

  @Override
  public void close(int code, String reason) {
    heard.add("close " + code + " " + reason);
  }
}
