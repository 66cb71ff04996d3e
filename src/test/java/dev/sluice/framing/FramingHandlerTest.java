package dev.sluice.framing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FramingHandlerTest {
  private static final String GET = "GET /%s HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final Bounds BOUNDS =
      new Bounds(1000, 10, Duration.ofMinutes(1), Duration.ofMinutes(1));

  private final StringBuilder seen = new StringBuilder();
  private final EmbeddedChannel channel =
      new EmbeddedChannel(new FramingHandler(BOUNDS, new OpenStreams(10)), new Answering());

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  /** Notes each request, and has the socket full after the second. */
  private final class Answering extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      seen.append(bytes.toString(StandardCharsets.US_ASCII).charAt(5));
      bytes.release();
      if (seen.length() == 2) full(true);
    }
  }

  @Test
  void whoDoesNotReadAnswersIsGivenNoMoreOfThem() {
    ask(GET.formatted('a') + GET.formatted('b') + GET.formatted('c') + "GET /d");
    ask(" HTTP/1.1\r\nHost: x\r\n\r\n");
    assertEquals("ab", seen.toString());
    full(false);
    channel.runPendingTasks();
    assertEquals("abcd", seen.toString());
  }

  @Test
  void andMayNotSendThemWithoutEnd() {
    ask(GET.formatted('a') + GET.formatted('b'));
    for (int i = 0; i < 40_000 && channel.isOpen(); i++) {
      channel.writeInbound(Unpooled.copiedBuffer(GET.formatted('c'), StandardCharsets.US_ASCII));
    }
    assertFalse(channel.isOpen());
    assertEquals("ab", seen.toString());
  }

  private void full(boolean full) {
    ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
    out.setUserDefinedWritability(1, !full);
  }

  private void ask(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }
}
