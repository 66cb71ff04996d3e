package dev.sluice.websocket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {
  /** As sockets do: each takes from its own, at its own pace, and lets go of it. */
  @ParameterizedTest
  @ValueSource(ints = {0, 125, 126, 65_535, 65_536, 200_000})
  void manySocketsAreGivenTheSameBytesAndNoneDisturbsAnother(int length) {
    Frame frame = Frame.text("x".repeat(length));
    byte[] expected = ByteBufUtil.getBytes(frame.encoded(null));
    List<ByteBuf> given = new ArrayList<>();
    for (int i = 0; i < 20; i++) given.add(frame.encoded(null));
    for (ByteBuf each : given) {
      byte[] first = ByteBufUtil.getBytes(each.readSlice(1));
      assertArrayEquals(new byte[] {(byte) 0x81}, first);
      byte[] rest = new byte[expected.length - 1];
      each.readBytes(rest);
      assertArrayEquals(java.util.Arrays.copyOfRange(expected, 1, expected.length), rest);
      assertFalse(each.isReadable());
      each.release();
    }
    assertTrue(given.get(19).isDirect(), "is copied for each of many");
    assertArrayEquals(expected, ByteBufUtil.getBytes(frame.encoded(null)));
  }
}
