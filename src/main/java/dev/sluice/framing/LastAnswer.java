package dev.sluice.framing;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import java.util.function.Supplier;

/**
 * On an HTTP/1.1 connection that will end: the next answer that begins says so, whoever writes it,
 * and Vert.x closes the connection behind it.
 */
final class LastAnswer extends ChannelDuplexHandler {
  private static final int FIRST_FINAL = 200;

  private final Supplier<Object> word;
  private long activeAt = System.nanoTime();
  private boolean told;

  /** {@code word} is what Vert.x is told when the client has been. */
  LastAnswer(Supplier<Object> word) {
    this.word = word;
  }

  /** When something last came or went, by {@link System#nanoTime}. */
  long activeAt() {
    return activeAt;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    activeAt = System.nanoTime();
    context.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    activeAt = System.nanoTime();
    boolean last =
        !told && message instanceof HttpResponse head && head.status().code() >= FIRST_FINAL;
    if (last) {
      told = true;
      ((HttpResponse) message).headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    context.write(message, promise);
    if (last) context.fireUserEventTriggered(word.get());
  }
}
