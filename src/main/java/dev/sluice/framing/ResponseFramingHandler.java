package dev.sluice.framing;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Stands before the HTTP/1 codec of one connection to an upstream and passes on what is framed
 * beyond doubt. At the first byte that is not, the exchange under way fails with a {@link
 * BadFraming} and the connection is closed; of what was read together with it nothing is passed on,
 * so that a failure of head or body can still be answered where both came at once.
 */
public final class ResponseFramingHandler extends ChannelDuplexHandler {
  /** The most bytes that the head of a response may have; the codec must take as many. */
  public static final int MAX_HEAD = 32 * 1024;

  private final ResponseFraming framing = new ResponseFraming(MAX_HEAD);
  private final Rest rest = new Rest();
  private boolean over;

  /**
   * Checks what comes on a connection from now on, which must be new; once is enough for all its
   * requests. It learns of them by itself.
   *
   * @return the one of the connection; null with HTTP/2, which frames itself
   */
  public static ResponseFramingHandler on(HttpClientConnection connection) {
    // whose exchange fails hears of it: it need not be logged once more. The connection hides the
    // one that has the channel, but for what its setters return.
    ConnectionBase actual = (ConnectionBase) connection.exceptionHandler(failure -> {});
    return in(actual.channel().pipeline());
  }

  static ResponseFramingHandler in(ChannelPipeline pipeline) {
    ChannelHandlerContext codec = pipeline.context(HttpClientCodec.class);
    if (codec == null) return null;
    ResponseFramingHandler handler = new ResponseFramingHandler();
    pipeline.addBefore(codec.name(), null, handler);
    pipeline.addAfter(codec.name(), null, handler.new Asking());
    return handler;
  }

  /**
   * Whether another request may be sent: the last response has come to its end, the upstream keeps
   * the connection (RFC 9112 §9.3), and no other byte came. To be asked before a connection is
   * kept.
   */
  public boolean isReusable() {
    return !over && framing.isReusable();
  }

  /** Notes the requests that are sent, before the codec turns them into bytes. */
  private final class Asking extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (message instanceof HttpRequest request) {
        boolean upgrade = request.headers().contains(HttpHeaderNames.UPGRADE);
        framing.sent(request.method().name(), upgrade);
      }
      context.write(message, promise);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = rest.with(context, (ByteBuf) message);
    if (over) {
      in.release();
      return;
    }
    try {
      framing.check(in);
    } catch (BadFraming bad) {
      refuse(context, in, bad);
      return;
    }
    passOn(context, in);
  }

  private void passOn(ChannelHandlerContext context, ByteBuf in) {
    int sound = framing.sound() - in.readerIndex();
    boolean all = sound == in.readableBytes();
    over = !all && framing.isIdle();
    if (all) {
      context.fireChannelRead(in);
      return;
    }
    ByteBuf begin = sound == 0 ? null : in.readRetainedSlice(sound);
    if (over) in.release();
    else rest.keep(in);
    if (begin != null) context.fireChannelRead(begin);
    if (over) context.close();
  }

  private void refuse(ChannelHandlerContext context, ByteBuf in, BadFraming bad) {
    over = true;
    in.release();
    context.fireExceptionCaught(bad);
    context.close();
  }

  /** A body that lasts until the connection ends is whole only if TLS says so (RFC 9112 §9.8). */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslCloseCompletionEvent closed && !closed.isSuccess()) {
      if (framing.isUntilClose() && !over) {
        over = true;
        context.fireExceptionCaught(new BadFraming("the body was cut off (RFC 9112 §9.8)"));
      }
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    rest.release();
  }
}
