package dev.sluice.websocket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class PayloadTest {
  /** A message of a million frames of one byte is not copied a million times. */
  @Test
  void whatComesByteByByteIsCopiedSeldom() {
    Payload payload = new Payload();
    ByteBuf one = Unpooled.wrappedBuffer(new byte[] {7});
    byte[] before = payload.bytes();
    int copies = 0;
    for (int i = 0; i < 1_000_000; i++) {
      payload.take(one.readerIndex(0), 1, payload.length() + 1);
      if (payload.bytes() != before) copies++;
      before = payload.bytes();
    }
    assertTrue(copies < 40, "copied " + copies + " times");
    byte[] all = payload.give();
    assertEquals(1_000_000, all.length);
    assertEquals(7, all[999_999]);
  }

  @Test
  void whatIsAnnouncedHasItsRoomOnceHalfOfItIsThere() {
    Payload payload = new Payload();
    payload.take(Unpooled.wrappedBuffer(new byte[600]), 600, 1000);
    assertEquals(600, payload.bytes().length);
    payload.take(Unpooled.wrappedBuffer(new byte[400]), 400, 1000);
    assertEquals(1000, payload.bytes().length);
    assertArrayEquals(new byte[1000], payload.give());
  }
}
