package dev.sluice.framing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Stands before the HTTP codec of one connection and passes on what is framed beyond doubt. At the
 * first byte that is not, nothing more is passed: a bad head reaches the codec as a line that it
 * refuses, so that the door answers it in its turn; a bad body is told to whoever reads it. It also
 * ends connections that take too long over a head.
 */
public final class FramingHandler extends ChannelDuplexHandler {
  private static final String HTTP_2 = ApplicationProtocolNames.HTTP_2;
  private static final byte[] PREFACE = ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  private static final byte[] REFUSED = ascii("GET /bad-request HTTP/1.1\r\n\0: refused\r\n\r\n");

  private static final byte[] CLOSE = ascii("Connection: close\r\n");

  private static final long LINGER_MILLIS = 1000;

  /** What a client may send behind requests whose answers it does not read, in bytes. */
  private static final int MAX_HELD = 1 << 20;

  private final Bounds bounds;
  private final OpenStreams open;
  private final RequestFraming framing;
  private boolean mayBeHttp2 = true;
  private final Rest rest = new Rest();
  private boolean begun;
  private boolean held;
  private ChannelHandlerContext context;
  private boolean asked; // for another protocol; what follows waits until that is answered
  private boolean granted;
  private BadFraming bad;
  private boolean told;
  private Consumer<BadFraming> onBadBody;
  private ScheduledFuture<?> headTimer;

  /** For one connection; with HTTP/2, its streams are among those that are open. */
  public FramingHandler(Bounds bounds, OpenStreams open) {
    this.bounds = bounds;
    this.open = open;
    this.framing = new RequestFraming(bounds.maxHead());
  }

  /** The one of a connection; null where there is none, as with HTTP/2. */
  public static FramingHandler of(HttpConnection connection) {
    return ((ConnectionBase) connection).channel().pipeline().get(FramingHandler.class);
  }

  /** What was wrong with the connection's bytes, or null. */
  public BadFraming bad() {
    return bad;
  }

  /** Whom to tell, once, when the body that is being read turns out to be none; or null. */
  public void onBadBody(Consumer<BadFraming> reader) {
    onBadBody = reader;
    if (bad != null && framing.isInBody()) tellReader();
  }

  /** The connection will speak another protocol: what follows is kept until {@link #stepAside}. */
  public void grant() {
    granted = true;
  }

  /** Passes on what has come since, to whoever reads the other protocol, and is gone; soon. */
  public void stepAside() {
    context.executor().execute(this::leave); // it may be looking at that just now
  }

  private void leave() {
    if (context.isRemoved()) return;
    ByteBuf left = rest.with(context, Unpooled.EMPTY_BUFFER);
    ChannelHandlerContext last = context;
    if (left.isReadable()) {
      last.fireChannelRead(left);
      last.fireChannelReadComplete();
    } else {
      left.release();
    }
    last.pipeline().remove(this);
  }

  /** Whether a head has begun and is not complete. */
  boolean isInHead() {
    return !rest.isEmpty() && !framing.isInBody();
  }

  private void tellReader() {
    Consumer<BadFraming> reader = onBadBody;
    onBadBody = null;
    if (reader == null || told) return;
    told = true;
    reader.accept(bad);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    startTimer(added);
  }

  /** With TLS the client has chosen already (RFC 9113 §3.2). */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent shaken && shaken.isSuccess()) {
      SslHandler tls = context.pipeline().get(SslHandler.class);
      mayBeHttp2 = false;
      if (HTTP_2.equals(tls.applicationProtocol())) handOver(context);
    }
    context.fireUserEventTriggered(event);
  }

  /** HTTP/2 frames itself; what is left to do is another's. */
  private ChannelHandlerContext handOver(ChannelHandlerContext context) {
    FramesHandler frames = new FramesHandler(bounds, open);
    context.pipeline().replace(this, null, frames);
    return context.pipeline().context(frames);
  }

  /** A connection that its peer has reset is over, which is no error of anybody's. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) context.close();
    else context.fireExceptionCaught(cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    forget();
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    forget();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = rest.with(context, (ByteBuf) message);
    if (bad != null) {
      in.release();
    } else if (held) {
      held = false;
      check(context, in);
    } else if (!begun && mayBeHttp2 && isPreface(in)) {
      if (in.readableBytes() < PREFACE.length) {
        rest.keep(in);
        return;
      }
      ChannelHandlerContext frames = handOver(context);
      ((FramesHandler) frames.handler()).channelRead(frames, in);
    } else {
      begun = true;
      check(context, in);
    }
  }

  /**
   * Passes requests on one by one: the answer to each is written before the next is looked at,
   * where it is there at once, and who does not read answers is given no more of them.
   */
  private void check(ChannelHandlerContext context, ByteBuf in) {
    while (!asked && (framing.isInBody() || context.channel().isWritable())) {
      if (!checkNext(context, in)) return;
    }
    if (in.readableBytes() > MAX_HELD) {
      in.release();
      context.close();
      return;
    }
    rest.keep(in);
    held = true;
  }

  /** Whether there is more to be looked at. */
  private boolean checkNext(ChannelHandlerContext context, ByteBuf in) {
    try {
      framing.checkNext(in);
    } catch (BadFraming wrong) {
      bad = wrong;
    }
    int sound = framing.sound() - in.readerIndex();
    asked = bad == null && framing.isBetween() && framing.isUpgrading();
    if (sound == in.readableBytes()) {
      stopTimer();
      context.fireChannelRead(in);
      return false;
    }
    if (sound > 0) {
      stopTimer();
      context.fireChannelRead(in.readRetainedSlice(sound));
    }
    if (bad == null && framing.isCloseDue()) {
      context.fireChannelRead(Unpooled.wrappedBuffer(CLOSE));
      return true;
    }
    if (bad == null && framing.isBetween()) return true;
    if (bad == null) {
      rest.keep(in);
      if (!framing.isInBody()) startTimer(context);
      return false;
    }
    in.release();
    refuse(context);
    return false;
  }

  /** An answer in HTTP: it goes on so. */
  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (asked && !granted) {
      asked = false;
      context.executor().execute(() -> goOn(context));
    }
    context.write(message, promise);
  }

  /** The client reads again: on with what it has sent meanwhile, outside of the write. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (held && context.channel().isWritable()) context.executor().execute(() -> goOn(context));
    context.fireChannelWritabilityChanged();
  }

  private void goOn(ChannelHandlerContext context) {
    if (!held || asked || context.isRemoved() || !context.channel().isWritable()) return;
    held = false;
    check(context, rest.with(context, Unpooled.EMPTY_BUFFER));
    context.fireChannelReadComplete(); // or the answers wait for the next read
  }

  private void refuse(ChannelHandlerContext context) {
    stopTimer();
    if (!framing.isInBody()) {
      context.fireChannelRead(Unpooled.wrappedBuffer(REFUSED));
      return;
    }
    tellReader();
    if (!told)
      context.executor().schedule(() -> context.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static boolean isPreface(ByteBuf in) {
    int bytes = Math.min(in.readableBytes(), PREFACE.length);
    for (int i = 0; i < bytes; i++) {
      if (in.getByte(in.readerIndex() + i) != PREFACE[i]) return false;
    }
    return true;
  }

  private void startTimer(ChannelHandlerContext context) {
    if (headTimer != null) return;
    long millis = bounds.headTimeout().toMillis();
    headTimer =
        context.executor().schedule(() -> headIsLate(context), millis, TimeUnit.MILLISECONDS);
  }

  private void stopTimer() {
    if (headTimer != null) headTimer.cancel(false);
    headTimer = null;
  }

  private void headIsLate(ChannelHandlerContext context) {
    if (rest.isEmpty() || !begun) {
      context.close();
      return;
    }
    bad = new BadFraming(408, "the head of the request came too slowly");
    refuse(context);
    context.fireChannelReadComplete(); // or the answer waits for the next read
  }

  private void forget() {
    stopTimer();
    rest.release();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
