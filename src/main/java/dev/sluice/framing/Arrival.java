package dev.sluice.framing;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;

/** First on a new connection: puts the framing check where it sees what the codec will see. */
final class Arrival extends ChannelInboundHandlerAdapter {
  private final FramingHandler framing;

  Arrival(FramingHandler framing) {
    this.framing = framing;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    ChannelPipeline pipeline = context.pipeline();
    ChannelHandlerContext tls = pipeline.context(SslHandler.class);
    if (tls == null) pipeline.addAfter(context.name(), null, framing);
    else pipeline.addAfter(tls.name(), null, framing);
    pipeline.remove(this);
    context.fireChannelActive();
  }
}
