package dev.sluice.framing;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Stands before the HTTP/2 codec of one connection, and ends it where its client floods it with
 * frames that ask nothing, begins heads that it does not end, comes back to streams that are over,
 * or asks nothing for too long. What the codec itself sees to is left to it.
 */
public final class FramesHandler extends ChannelDuplexHandler {
  private static final int LEAST_WINDOW = 64 * 1024;

  private final Bounds bounds;
  private final OpenStreams open;
  private final Frames frames = new Frames();
  private final Overhead overhead = new Overhead(System.nanoTime());
  private Http2ConnectionHandler codec;
  private Streams streams;
  private int highest;
  private boolean over;
  private long owedSince;
  private ScheduledFuture<?> headTimer;
  private ScheduledFuture<?> idleTimer;

  FramesHandler(Bounds bounds, OpenStreams open) {
    this.bounds = bounds;
    this.open = open;
  }

  /** To be called when a connection has begun: with HTTP/2, after its client's first SETTINGS. */
  public static void opened(HttpConnection connection) {
    var pipeline = ((ConnectionBase) connection).channel().pipeline();
    FramesHandler frames = pipeline.get(FramesHandler.class);
    if (frames != null) frames.begin(pipeline.get(Http2ConnectionHandler.class));
  }

  /**
   * Whether an HTTP/2 client may send so few bytes more on any stream that one may wait for others,
   * which are not read on here (RFC 9113 §5.2.2).
   */
  public static boolean isHeldUp(HttpConnection connection) {
    var pipeline = ((ConnectionBase) connection).channel().pipeline();
    Http2ConnectionHandler codec = pipeline.get(Http2ConnectionHandler.class);
    if (codec == null) return false;
    Http2Connection streams = codec.connection();
    int left = streams.local().flowController().windowSize(streams.connectionStream());
    return left < LEAST_WINDOW;
  }

  private void begin(Http2ConnectionHandler codec) {
    this.codec = codec;
    this.streams = new Streams(codec, open);
    RequestCheck check = new RequestCheck(codec.decoder().frameListener(), streams);
    codec.decoder().frameListener(check);
    // the codec would wait for who never acknowledges our SETTINGS
    codec.connection().remote().maxActiveStreams(bounds.maxStreams());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    owedSince = System.nanoTime();
    headTimer = schedule(context, this::checkHead, bounds.headTimeout());
    idleTimer = schedule(context, this::checkIdle, bounds.idleTimeout());
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (headTimer != null) headTimer.cancel(false);
    if (idleTimer != null) idleTimer.cancel(false);
  }

  /** Who does not read what it is sent is not read either. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    context.channel().config().setAutoRead(context.channel().isWritable());
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    boolean whole = false;
    for (int at = in.readerIndex(); !over; whole = true) {
      at = frames.next(in, at);
      if (at < 0) break;
      look(context, in, at);
    }
    if (over) in.release();
    else context.fireChannelRead(in);
    owe(context, whole);
  }

  /** At a frame whose header ends at an index. */
  private void look(ChannelHandlerContext context, ByteBuf in, int at) {
    if (!frames.isOverhead()) {
      overhead.earn(frames.length());
    } else if (!overhead.admit(frames.length(), System.nanoTime())) {
      fail(context, Http2Error.ENHANCE_YOUR_CALM, "too many frames that ask for nothing");
    }
    if (frames.type() != Frames.HEADERS) return;
    if (frames.stream() > highest) {
      highest = frames.stream();
      return;
    }
    int before = at - Frames.HEADER_LENGTH - in.readerIndex();
    if (before > 0) context.fireChannelRead(in.readRetainedSlice(before)); // decides what is open
    Http2Error fault = streams == null || over ? null : streams.fault(frames.stream());
    if (fault != null) fail(context, fault, "HEADERS on a stream that is over");
  }

  /** Real traffic is what honest WINDOW_UPDATEs answer. */
  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf out) overhead.earn(out.readableBytes());
    context.write(message, promise);
  }

  private void owe(ChannelHandlerContext context, boolean whole) {
    if (!frames.isOwed()) {
      owedSince = 0;
    } else if (owedSince == 0 || whole && !frames.isInHeaders()) {
      owedSince = System.nanoTime();
      if (headTimer == null) headTimer = schedule(context, this::checkHead, bounds.headTimeout());
    }
  }

  private void checkHead(ChannelHandlerContext context) {
    headTimer = null;
    if (owedSince == 0) return;
    Duration left = bounds.headTimeout().minusNanos(System.nanoTime() - owedSince);
    if (left.isNegative() || left.isZero()) {
      fail(context, Http2Error.ENHANCE_YOUR_CALM, "a head came too slowly");
    } else {
      headTimer = schedule(context, this::checkHead, left);
    }
  }

  private void checkIdle(ChannelHandlerContext context) {
    Duration left = bounds.idleTimeout();
    if (streams != null) {
      left = left.minusNanos(System.nanoTime() - streams.quietSince());
      try {
        streams.resetStalled(context.pipeline().context(codec));
      } catch (Http2Exception cannot) {
        context.channel().close();
      }
    }
    if (left.isNegative() || left.isZero()) context.channel().close();
    else idleTimer = schedule(context, this::checkIdle, left);
  }

  private void fail(ChannelHandlerContext context, Http2Error error, String reason) {
    over = true;
    if (codec == null) context.close();
    else codec.onError(context.pipeline().context(codec), false, failure(error, reason));
  }

  private static Http2Exception failure(Http2Error error, String reason) {
    return Http2Exception.connectionError(error, reason);
  }

  private interface Check {
    void of(ChannelHandlerContext context);
  }

  private static ScheduledFuture<?> schedule(ChannelHandlerContext at, Check check, Duration in) {
    return at.executor().schedule(() -> check.of(at), in.toNanos(), TimeUnit.NANOSECONDS);
  }
}
