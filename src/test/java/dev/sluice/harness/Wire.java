package dev.sluice.harness;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client of sockets that sends whatever bytes it likes. */
public final class Wire implements Closeable {
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  private final Socket socket;
  private final DataInputStream in;

  /** A frame as it came; the payload of a close has its code in front. */
  public record Frame(int first, byte[] payload) {
    public String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }

    /** Of a close; 1005 where it says none. */
    public int code() {
      if ((first & 15) != 8) throw new AssertionError("no close: " + first + " " + text());
      return payload.length < 2 ? 1005 : (payload[0] & 0xFF) << 8 | payload[1] & 0xFF;
    }
  }

  public Wire(int port) throws IOException {
    this(new Socket("127.0.0.1", port));
  }

  /** On a connection of another kind. */
  public Wire(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(10_000);
    in = new DataInputStream(socket.getInputStream());
  }

  /** Sends the request of a handshake, and what is to come with it in the same packet. */
  public Wire ask(String target, String fields, byte[]... behind) throws IOException {
    String head =
        "GET "
            + target
            + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
            + KEY
            + "\r\n"
            + fields
            + "\r\n";
    byte[] all = head.getBytes(StandardCharsets.ISO_8859_1);
    for (byte[] more : behind) {
      byte[] both = java.util.Arrays.copyOf(all, all.length + more.length);
      System.arraycopy(more, 0, both, all.length, more.length);
      all = both;
    }
    return send(all);
  }

  public Wire send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** The head of an HTTP answer. */
  public String head() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) head.append((char) in.readUnsignedByte());
    return head.toString();
  }

  public Frame frame() throws IOException {
    int first = in.readUnsignedByte();
    int length = in.readUnsignedByte();
    if (length == 126) length = in.readUnsignedShort();
    else if (length == 127) length = (int) in.readLong();
    byte[] payload = new byte[length];
    in.readFully(payload);
    return new Frame(first, payload);
  }

  /** The next bytes, whatever they are. */
  public String receive(int bytes) throws IOException {
    return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
  }

  /** Sends nothing more, and still reads. */
  public void finish() throws IOException {
    socket.shutdownOutput();
  }

  /** Closes it with a reset. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Whether the other side has ended the connection, and sent nothing more. */
  public boolean ended() throws IOException {
    return in.read() < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** A text as a client sends it. */
  public static byte[] text(String text) {
    return frame(0x81, text.getBytes(StandardCharsets.UTF_8));
  }

  /** With a mask of zeros, which is one. */
  public static byte[] frame(int first, byte[] payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first);
    int length = payload.length;
    if (length < 126) {
      out.write(0x80 | length);
    } else if (length < 1 << 16) {
      out.writeBytes(bytes(0x80 | 126, length >> 8, length));
    } else {
      out.writeBytes(bytes(0xFF, 0, 0, 0, 0, length >> 24, length >> 16, length >> 8, length));
    }
    out.writeBytes(new byte[4]);
    out.writeBytes(payload);
    return out.toByteArray();
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) bytes[i] = (byte) values[i];
    return bytes;
  }
}
