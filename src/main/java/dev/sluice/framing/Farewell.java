package dev.sluice.framing;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.net.impl.ShutdownEvent;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Stands first on a connection and holds the word back that the server stops, until the client has
 * been told: Vert.x closes an idle connection at once, and a request that is on its way to it would
 * be lost. HTTP/1.1 hears {@code Connection: close} with its next answer (RFC 9112 §9.6), HTTP/2
 * hears GOAWAY twice (RFC 9113 §6.8). Who asks nothing for a while is let go without a word.
 */
final class Farewell extends ChannelInboundHandlerAdapter {
  /** How long a connection may be silent before it is taken for idle. */
  static final Duration GRACE = Duration.ofSeconds(2);

  private static final long TICK_MILLIS = 250;
  private static final String HANDLER = "handler"; // as Vert.x calls its own

  private long deadline;
  private long began;
  private LastAnswer lastAnswer;
  private boolean begun;

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ShutdownEvent stop && stop.timeout() > 0 && !begun) {
      begun = true;
      began = System.nanoTime();
      deadline = began + stop.timeUnit().toNanos(stop.timeout());
      context.executor().execute(() -> look(context));
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  /** Whatever the connection has become by now is told; what says nothing is closed. */
  private void look(ChannelHandlerContext context) {
    if (!context.channel().isActive()) return;
    ChannelPipeline pipeline = context.pipeline();
    if (pipeline.get(Http2ConnectionHandler.class) != null) {
      goAway(context);
      return;
    }
    if (lastAnswer == null && pipeline.get(HttpResponseEncoder.class) != null) {
      lastAnswer = new LastAnswer(this::stop);
      pipeline.addBefore(HANDLER, null, lastAnswer);
    }
    if (isIdle(pipeline)) context.fireUserEventTriggered(stop());
    else later(context, () -> look(context), TICK_MILLIS);
  }

  private boolean isIdle(ChannelPipeline pipeline) {
    FramingHandler framing = pipeline.get(FramingHandler.class);
    if (framing != null && framing.isInHead()) return false;
    long since = lastAnswer == null ? began : Math.max(began, lastAnswer.activeAt());
    return System.nanoTime() - since > GRACE.toNanos();
  }

  /** First that it will end, when streams on their way have come which of them will be served. */
  private void goAway(ChannelHandlerContext context) {
    sendGoAway(context, Integer.MAX_VALUE);
    later(
        context,
        () -> {
          if (!context.channel().isActive()) return;
          Http2ConnectionHandler http2 = context.pipeline().get(Http2ConnectionHandler.class);
          sendGoAway(context, http2.connection().remote().lastStreamCreated());
          context.fireUserEventTriggered(stop());
        },
        GRACE.toMillis() / 2);
  }

  private static void sendGoAway(ChannelHandlerContext context, int lastStream) {
    ChannelHandlerContext http2 = context.pipeline().context(Http2ConnectionHandler.class);
    ((Http2ConnectionHandler) http2.handler())
        .goAway(
            http2,
            lastStream,
            Http2Error.NO_ERROR.code(),
            Unpooled.EMPTY_BUFFER,
            http2.newPromise());
    http2.flush();
  }

  private static void later(ChannelHandlerContext context, Runnable task, long millis) {
    context.executor().schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  /** Vert.x' own word for it, with the time that is left; with none at all it would not wait. */
  private ShutdownEvent stop() {
    long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    return new ShutdownEvent(Math.max(1, left), TimeUnit.MILLISECONDS);
  }
}
