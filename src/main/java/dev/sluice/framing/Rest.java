package dev.sluice.framing;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** The bytes of a connection that wait for more before they can be passed on. */
final class Rest {
  private ByteBuf kept;

  boolean isEmpty() {
    return kept == null;
  }

  void keep(ByteBuf bytes) {
    kept = bytes;
  }

  /** What was kept, with what has come now behind it. */
  ByteBuf with(ChannelHandlerContext context, ByteBuf in) {
    if (kept == null) return in;
    ByteBuf whole = kept;
    kept = null;
    if (whole.writableBytes() < in.readableBytes()) { // grows by doubling: no copy for every byte
      ByteBuf larger = context.alloc().buffer(2 * (whole.readableBytes() + in.readableBytes()));
      larger.writeBytes(whole);
      whole.release();
      whole = larger;
    }
    whole.writeBytes(in);
    in.release();
    return whole;
  }

  /** What was kept, which is the caller's from here on; or null. */
  ByteBuf take() {
    ByteBuf taken = kept;
    kept = null;
    return taken;
  }

  void release() {
    if (kept != null) kept.release();
    kept = null;
  }
}
