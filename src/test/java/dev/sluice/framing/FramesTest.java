package dev.sluice.framing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FramesTest {
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;

  private final Frames frames = new Frames();

  @Test
  void framesAreFollowedHoweverTheyAreCut() {
    ByteBuf all = Unpooled.buffer().writeZero(24);
    frame(all, 4, 0, 0, 12);
    frame(all, 1, END_HEADERS, 1, 300);
    frame(all, 0, 0, 1, 0);
    frame(all, 0, END_STREAM, 0x80000001, 70_000);
    for (int size = 1; size < 100; size++) {
      Frames cut = new Frames();
      List<String> seen = new ArrayList<>();
      for (int from = 0; from < all.writerIndex(); from += size) {
        ByteBuf piece = all.slice(from, Math.min(size, all.writerIndex() - from));
        for (int at = 0; (at = cut.next(piece, at)) >= 0; ) {
          seen.add(cut.type() + " " + cut.stream() + " " + cut.length());
        }
      }
      assertEquals(List.of("4 0 12", "1 1 300", "0 1 0", "0 1 70000"), seen);
      assertFalse(cut.isOwed());
    }
  }

  @Test
  void aHeadIsOwedUntilItIsWhole() {
    read(Unpooled.buffer().writeZero(20));
    assertTrue(frames.isOwed(), "the preface");
    read(Unpooled.buffer().writeZero(4));
    assertFalse(frames.isOwed());
    read(frame(Unpooled.buffer(), 1, 0, 1, 10));
    assertTrue(frames.isOwed(), "CONTINUATION");
    read(frame(Unpooled.buffer(), 9, END_HEADERS, 1, 10).writerIndex(18));
    assertTrue(frames.isOwed(), "its last byte");
    read(Unpooled.buffer().writeZero(1));
    assertFalse(frames.isOwed());
    read(frame(Unpooled.buffer(), 0, 0, 1, 10).writerIndex(15));
    assertFalse(frames.isOwed(), "a body has its own time");
  }

  @Test
  void dataAndHeadersAreNoOverhead() {
    read(Unpooled.buffer().writeZero(24));
    assertEquals(List.of(false, true, false, false, true), overheads());
  }

  private List<Boolean> overheads() {
    List<Boolean> found = new ArrayList<>();
    int[][] sent = {{1, END_HEADERS, 5}, {0, 0, 0}, {0, END_STREAM, 0}, {0, 0, 1}, {6, 0, 8}};
    for (int[] one : sent) {
      read(frame(Unpooled.buffer(), one[0], one[1], 1, one[2]));
      found.add(frames.isOverhead());
    }
    return found;
  }

  @Test
  void overheadIsBorneWithTheTrafficThatItBelongsTo() {
    Overhead idle = new Overhead(0);
    int borne = 0;
    while (idle.admit(8, 0)) borne++;
    assertEquals(5000, borne);
    assertFalse(idle.admit(8, 4_000_000));
    assertTrue(idle.admit(8, 20_000_000), "time has passed");
    Overhead busy = new Overhead(0);
    for (int i = 0; i < 100_000; i++) {
      busy.earn(69); // an event of a stream, for which two windows are opened again
      assertTrue(busy.admit(4, 0) && busy.admit(4, 0));
    }
    Overhead large = new Overhead(0);
    int settings = 0;
    while (large.admit(16_380, 0)) settings++;
    assertTrue(settings < 50, settings + " frames full of settings");
  }

  private void read(ByteBuf in) {
    for (int at = in.readerIndex(); at >= 0; ) at = frames.next(in, at);
  }

  private static ByteBuf frame(ByteBuf to, int type, int flags, int stream, int length) {
    to.writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream);
    return to.writeZero(length);
  }
}
