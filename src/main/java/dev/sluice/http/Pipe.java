package dev.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Two connections of one event loop, each of which is sent what the other sends, as it was read:
 * nothing is looked at, nothing is copied, and neither is read faster than the other reads. The end
 * of what one sends is passed on as well, and the other may have its last word.
 */
final class Pipe {
  /** How long the other may go on in silence when one has ended what it sends. */
  private static final long ENDED_NANOS = Duration.ofSeconds(30).toNanos();

  /** How long one that was told of the end may take to close, where the other is gone. */
  private static final long GONE_NANOS = Duration.ofSeconds(5).toNanos();

  private static final String EPOLL = "io.netty.channel.epoll.EpollChannelOption#";
  private static final ChannelOption<Integer> KEEP_IDLE = // elsewhere there is none of that name
      ChannelOption.valueOf(EPOLL + "TCP_KEEPIDLE");
  private static final int KEEP_IDLE_SECONDS = 60; // or a peer that is gone is asked after 2 h

  private final End client = new End();
  private final End upstream = new End();
  private final Backlog backlog;
  private final long idleNanos;
  private final Runnable onEnd;
  private ScheduledFuture<?> watch;
  private long movedAt = System.nanoTime();
  private long waiting; // bytes, when it was last looked
  private boolean over;

  /** {@code onEnd} is run once, when both are closed. */
  Pipe(Backlog backlog, Duration idle, Runnable onEnd) {
    this.backlog = backlog;
    this.idleNanos = idle.toNanos();
    this.onEnd = onEnd;
    client.other = upstream;
    upstream.other = client;
  }

  /** Where the client's connection ends here. */
  End client() {
    return client;
  }

  /** Where the upstream's ends. It may be read as soon as both are in their places. */
  End upstream() {
    return upstream;
  }

  /** Both are in their places: on with it. */
  void open() {
    upstream.read(client.stall == null); // what came with the handshake may be much already
    client.read(upstream.stall == null);
    arm();
  }

  /** Bytes that the client has sent. */
  long received() {
    return upstream.given;
  }

  /** Bytes that it was sent. */
  long sent() {
    return client.given;
  }

  /** Closes both, whatever waits. */
  void abort() {
    upstream.abort();
    client.abort();
    end();
  }

  private long limit() {
    if (client.gone || upstream.gone) return GONE_NANOS;
    return client.ended || upstream.ended ? Math.min(idleNanos, ENDED_NANOS) : idleNanos;
  }

  /** From now on there is the time that what has become of the two leaves. */
  private void arm() {
    if (watch != null) watch.cancel(false);
    movedAt = System.nanoTime();
    waiting = client.waiting() + upstream.waiting();
    watch(limit());
  }

  private void watch(long nanos) {
    if (!over) watch = client.context.executor().schedule(this::look, nanos, TimeUnit.NANOSECONDS);
  }

  private void look() {
    long now = System.nanoTime();
    long waits = client.waiting() + upstream.waiting();
    if (waits != waiting) movedAt = now; // somebody reads, if slowly
    waiting = waits;
    long left = movedAt + limit() - now;
    if (left > 0) watch(left);
    else abort();
  }

  private void end() {
    if (over || !client.gone || !upstream.gone) return;
    over = true;
    if (watch != null) watch.cancel(false);
    onEnd.run();
  }

  /** One of the two connections. */
  final class End extends ChannelInboundHandlerAdapter {
    private End other;
    private ChannelHandlerContext context;
    private Backlog.Stall stall; // while it takes no more
    private long given;
    private boolean unflushed;
    private boolean shut; // it is told that no more comes
    private boolean ended; // no more comes from it
    private boolean gone;

    private End() {}

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
      context = added;
      Channel channel = added.channel();
      channel.config().setAutoRead(false);
      channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
      channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
      channel.config().setOption(KEEP_IDLE, KEEP_IDLE_SECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext at, Object message) {
      if (message instanceof ByteBuf bytes) other.give(bytes);
      else at.fireChannelRead(message); // of the request, still
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext at) {
      if (!other.unflushed) return;
      movedAt = System.nanoTime();
      other.flush();
    }

    private void give(ByteBuf bytes) {
      if (gone || shut) { // who has ended is still read, or the connection would be reset
        bytes.release();
        return;
      }
      given += bytes.readableBytes();
      unflushed = true;
      context.write(bytes, context.voidPromise());
      if (isFull()) flush();
      if (isFull() && stall == null) fill();
    }

    private void flush() {
      unflushed = false;
      context.flush();
    }

    private boolean isFull() {
      return !context.channel().isWritable();
    }

    /** What waits for it is as much as may: the other waits, too. */
    private void fill() {
      other.read(false);
      stall = backlog.begin(Backlog.PASSING, Pipe.this::abort);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext at) {
      if (!isFull()) empty();
      at.fireChannelWritabilityChanged();
    }

    private void empty() {
      if (stall == null) return;
      stall.end();
      stall = null;
      other.read(true);
    }

    private void read(boolean on) {
      context.channel().config().setAutoRead(on);
    }

    private long waiting() {
      if (context == null) return 0;
      var out = context.channel().unsafe().outboundBuffer();
      return out == null ? 0 : out.totalPendingWriteBytes();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext at, Object event) {
      boolean end = event instanceof ChannelInputShutdownEvent;
      if (end || event instanceof SslCloseCompletionEvent) finish();
      else at.fireUserEventTriggered(event);
    }

    /** It has sent its last byte. */
    private void finish() {
      if (ended) return;
      ended = true;
      other.shut();
      if (other.ended) {
        close();
        other.close();
      }
      arm();
    }

    /** Tells it, behind what waits for it, that no more comes. */
    private void shut() {
      if (shut || gone || context == null) return;
      shut = true;
      context
          .writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(
              written -> {
                SslHandler tls = context.pipeline().get(SslHandler.class);
                if (tls != null) tls.closeOutbound();
                else if (!ended) ((DuplexChannel) context.channel()).shutdownOutput();
              });
    }

    /** Closes it behind what waits for it. */
    private void close() {
      context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    private void abort() {
      if (context == null) gone = true;
      else if (!gone) context.pipeline().firstContext().close(); // nothing is sent first
    }

    @Override
    public void channelInactive(ChannelHandlerContext at) {
      gone = ended = true;
      empty();
      if (!other.gone && other.context != null) {
        other.shut();
        if (other.ended) other.close();
        else other.read(true); // to its end: what it sends is nobody's now
        arm();
      }
      end();
      at.fireChannelInactive();
    }

    /** A connection that its peer has reset is over, which is no error of anybody's. */
    @Override
    public void exceptionCaught(ChannelHandlerContext at, Throwable cause) {
      if (cause instanceof IOException) at.close();
      else at.fireExceptionCaught(cause);
    }
  }
}
