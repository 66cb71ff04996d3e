package dev.sluice.websocket;

import static dev.sluice.websocket.Frames.all;
import static dev.sluice.websocket.Frames.bytes;
import static dev.sluice.websocket.Frames.frame;
import static dev.sluice.websocket.Frames.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 as a client may and may not speak it. */
class InboundTest {
  private static final Bounds BOUNDS = new Bounds(100_000, 200_000, Duration.ofSeconds(1));
  private static final byte[] NONE = {};

  private final Deflate deflate = new Deflate();

  private List<String> heard(byte[] bytes, int step) throws BadFrame {
    Frames frames = new Frames();
    return frames.read(new Inbound(BOUNDS, deflate, frames), bytes, step).heard;
  }

  private int refused(byte[] bytes) {
    int whole = code(bytes, bytes.length);
    assertEquals(whole, code(bytes, 1), "whatever pieces it comes in");
    return whole;
  }

  private int code(byte[] bytes, int step) {
    return assertThrows(BadFrame.class, () -> heard(bytes, step)).code();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1000, 1_000_000})
  void whatIsSentIsHeardInWhateverPiecesItComes(int step) throws BadFrame {
    byte[] sent =
        all(
            text("hällo"),
            frame(0x82, bytes(1, 2, 3)),
            text(""),
            frame(0x01, "in ".getBytes(StandardCharsets.UTF_8)),
            frame(0x89, "between".getBytes(StandardCharsets.UTF_8)),
            frame(0x00, NONE),
            frame(0x80, "parts".getBytes(StandardCharsets.UTF_8)),
            text("x".repeat(125)),
            text("y".repeat(126)),
            text("z".repeat(70_000)),
            frame(0x8A, NONE),
            frame(0x88, bytes(0x03, 0xE8, 'b', 'y', 'e')),
            text("nobody hears this"));
    assertEquals(
        List.of(
            "text hällo",
            "binary \u0001\u0002\u0003",
            "text ",
            "ping between",
            "text in parts",
            "text " + "x".repeat(125),
            "text " + "y".repeat(126),
            "text 70000",
            "pong ",
            "close 1000 bye"),
        heard(sent, step));
  }

  static Stream<Arguments> protocolErrors() {
    byte[] big = new byte[126];
    return Map.<String, byte[]>ofEntries(
            Map.entry("no mask", bytes(0x81, 0x00)),
            Map.entry("no mask on a close", bytes(0x88, 0x02, 0x03, 0xE8)),
            Map.entry("reserved bit 2", frame(0xA1, NONE)),
            Map.entry("reserved bit 3", frame(0x91, NONE)),
            Map.entry("all reserved bits", frame(0xF1, NONE)),
            Map.entry("a compressed ping", frame(0xC9, NONE)),
            Map.entry("a compressed continuation", all(frame(0x01, NONE), frame(0xC0, NONE))),
            Map.entry("opcode 3", frame(0x83, NONE)),
            Map.entry("opcode 7", frame(0x87, NONE)),
            Map.entry("opcode 11", frame(0x8B, NONE)),
            Map.entry("opcode 15", frame(0x8F, NONE)),
            Map.entry("a ping in parts", frame(0x09, NONE)),
            Map.entry("a close in parts", frame(0x08, bytes(3, 0xE8))),
            Map.entry("a ping of 126 bytes", frame(0x89, big)),
            Map.entry("a close of 126 bytes", frame(0x88, big)),
            Map.entry("nothing to continue", frame(0x80, NONE)),
            Map.entry("nothing more to continue", all(text("a"), frame(0x80, NONE))),
            Map.entry("a text within a text", all(frame(0x01, NONE), frame(0x81, NONE))),
            Map.entry("a binary within a text", all(frame(0x01, NONE), frame(0x82, NONE))),
            Map.entry("a length of 16 bits for 125", bytes(0x81, 0xFE, 0, 125, 0, 0, 0, 0)),
            Map.entry(
                "a length of 64 bits for 65535",
                bytes(0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0)),
            Map.entry(
                "a negative length", bytes(0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0)),
            Map.entry("a close of one byte", frame(0x88, bytes(3))))
        .entrySet()
        .stream()
        .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("protocolErrors")
  void whatTheProtocolDoesNotAllowIs1002(String what, byte[] sent) {
    assertEquals(CloseCode.PROTOCOL_ERROR, refused(sent), what);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535})
  void closeCodesThatMayNotBeSentAre1002(int code) {
    assertEquals(CloseCode.PROTOCOL_ERROR, refused(frame(0x88, bytes(code >> 8, code))));
  }

  @Test
  void closeCodesThatMayAreHeard() throws BadFrame {
    for (int code : new int[] {1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999}) {
      assertEquals(List.of("close " + code + " "), heard(frame(0x88, bytes(code >> 8, code)), 9));
    }
    assertEquals(List.of("close 1005 "), heard(frame(0x88, NONE), 9));
  }

  static Stream<byte[]> noUtf8() {
    return Stream.of(
        bytes(0x80),
        bytes(0xC0, 0x80),
        bytes(0xC1, 0xBF),
        bytes(0xE0, 0x80, 0x80),
        bytes(0xE0, 0x9F, 0xBF),
        bytes(0xED, 0xA0, 0x80),
        bytes(0xED, 0xBF, 0xBF),
        bytes(0xF0, 0x80, 0x80, 0x80),
        bytes(0xF0, 0x8F, 0xBF, 0xBF),
        bytes(0xF4, 0x90, 0x80, 0x80),
        bytes(0xF5, 0x80, 0x80, 0x80),
        bytes(0xFE),
        bytes(0xFF),
        bytes('a', 0xC3),
        bytes(0xE2, 0x82),
        bytes(0xF0, 0x9F, 0x98),
        bytes(0xC3, 'a'),
        bytes(0xE2, 0x28, 0xA1));
  }

  @ParameterizedTest
  @MethodSource("noUtf8")
  void whatIsNoUtf8Is1007(byte[] odd) {
    assertEquals(CloseCode.INVALID_PAYLOAD, refused(frame(0x81, odd)));
    byte[] close = all(bytes(3, 0xE8), odd);
    assertEquals(CloseCode.INVALID_PAYLOAD, refused(frame(0x88, close)));
    byte[] inParts = all(frame(0x01, odd), frame(0x80, NONE));
    assertEquals(CloseCode.INVALID_PAYLOAD, refused(inParts));
    assertEquals(CloseCode.INVALID_PAYLOAD, refused(frame(0xC1, deflate.deflate(odd))));
  }

  /** Before the frame is whole: what follows cannot make it good. */
  @Test
  void whatIsNoUtf8IsKnownAtOnce() {
    byte[] begun = frame(0x01, 1000, bytes('a', 0xFF));
    assertEquals(CloseCode.INVALID_PAYLOAD, refused(begun));
  }

  @Test
  void charactersMayBeCutByFrames() throws BadFrame {
    byte[] text = "κόσμε 🎧 ￿".getBytes(StandardCharsets.UTF_8);
    byte[] sent = frame(0x01, NONE);
    for (byte b : text) sent = all(sent, frame(0x00, new byte[] {b}));
    assertEquals(List.of("text κόσμε 🎧 ￿"), heard(all(sent, frame(0x80, NONE)), 1000));
  }

  @Test
  void whatIsTooLargeIs1009BeforeItComes() {
    assertEquals(CloseCode.TOO_BIG, refused(frame(0x82, 100_001, NONE)));
    assertEquals(CloseCode.TOO_BIG, refused(frame(0x82, 1L << 62, NONE)));
    byte[] part = frame(0x02, new byte[100_000]);
    byte[] more = frame(0x00, new byte[100_000]);
    assertEquals(CloseCode.TOO_BIG, refused(all(part, more, frame(0x00, 1, NONE))));
  }

  @Test
  void compressedMessagesAreReadInParts() throws BadFrame {
    byte[] packed = deflate.deflate("hello ".repeat(30).getBytes(StandardCharsets.UTF_8));
    byte[] whole = frame(0xC1, packed);
    assertEquals(List.of("text " + "hello ".repeat(30)), heard(whole, 5));
    byte[] first = Arrays.copyOf(packed, 3);
    byte[] rest = Arrays.copyOfRange(packed, 3, packed.length);
    byte[] parts = all(frame(0x41, first), frame(0x89, NONE), frame(0x80, rest));
    assertEquals(List.of("ping ", "text " + "hello ".repeat(30)), heard(parts, 4));
    byte[] last = bytes(0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00); // RFC 7692 §7.2.3.4
    assertEquals(List.of("text Hello"), heard(frame(0xC1, last), 5));
    assertEquals(List.of("text "), heard(frame(0xC1, bytes(0x00)), 5)); // §7.2.3.6
  }

  @Test
  void aBombIs1009() {
    byte[] bomb = deflate.deflate(new byte[50_000_000]);
    assertEquals(CloseCode.TOO_BIG, refused(frame(0xC2, bomb)));
  }

  @Test
  void whatFillsTheBoundIsTaken() throws BadFrame {
    byte[] most = deflate.deflate("x".repeat(200_000).getBytes(StandardCharsets.UTF_8));
    assertEquals(List.of("text 200000"), heard(frame(0xC1, most), 1000));
    byte[] more = deflate.deflate("x".repeat(200_001).getBytes(StandardCharsets.UTF_8));
    assertEquals(CloseCode.TOO_BIG, refused(frame(0xC1, more)));
  }

  @Test
  void whatIsNotCompressedAsItSaysIs1007() {
    assertEquals(CloseCode.INVALID_PAYLOAD, refused(frame(0xC1, bytes(0xFF, 0xFF, 0xFF))));
  }

  @Test
  void withoutTheExtensionNothingIsCompressed() {
    Frames frames = new Frames();
    Inbound plain = new Inbound(BOUNDS, null, frames);
    byte[] sent = frame(0xC1, deflate.deflate(bytes('a')));
    assertThrows(BadFrame.class, () -> frames.read(plain, sent, 100));
  }

  /** What an attacker sends at random is refused or heard, and never breaks anything. */
  @Test
  void noiseBreaksNothing() {
    Random random = new Random(7);
    for (int i = 0; i < 50_000; i++) {
      byte[] noise = new byte[1 + random.nextInt(60)];
      random.nextBytes(noise);
      if (i % 2 == 0) noise[0] = (byte) (0x80 | new int[] {1, 2, 8, 9, 0x41}[i % 5]);
      if (noise.length > 1) noise[1] |= (byte) 0x80;
      try {
        new Inbound(BOUNDS, deflate, new Frames()).read(Unpooled.wrappedBuffer(noise));
      } catch (BadFrame expected) {
        // by its code
      }
    }
  }
}
