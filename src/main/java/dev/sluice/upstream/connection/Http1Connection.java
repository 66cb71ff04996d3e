package dev.sluice.upstream.connection;

import dev.sluice.framing.Answer;
import dev.sluice.framing.BadFraming;
import dev.sluice.framing.ResponseFraming;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.CodecException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP/1.1 as a client, one request at a time (RFC 9112). Between socket and listener nothing
 * waits: what is read goes on at once, and while a listener is paused nothing is read.
 */
public final class Http1Connection extends ChannelDuplexHandler implements Connection {
  private static final Logger LOG = LoggerFactory.getLogger(Http1Connection.class);

  private final ResponseFraming framing = new ResponseFraming();
  private final Deque<ByteBuf> held = new ArrayDeque<>(0);
  private ChannelHandlerContext context;
  private Exchange exchange;
  private Runnable onClose;
  private Throwable cause;
  private long keptNanos = Long.MAX_VALUE;
  private boolean paused;
  private boolean closing;
  private boolean closed;

  Http1Connection() {}

  /** Takes over a socket that has just been connected, and of which nothing has been read. */
  public static Http1Connection on(NetSocket socket) {
    ChannelHandlerContext last = ((NetSocketInternal) socket).channelHandlerContext();
    Http1Connection connection = new Http1Connection();
    last.pipeline().addBefore(last.name(), null, connection);
    return connection;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    this.context = context;
  }

  @Override
  public int room() {
    return 1;
  }

  @Override
  public boolean isShared() {
    return false;
  }

  @Override
  public boolean isReusable() {
    return !closing && framing.isReusable();
  }

  @Override
  public long keptNanos() {
    return keptNanos;
  }

  @Override
  public Future<Stream> open(Stream.Listener listener) {
    exchange = new Exchange(listener);
    return Future.succeededFuture(exchange);
  }

  @Override
  public void onClose(Runnable action) {
    onClose = action;
    if (closed) action.run();
  }

  /** An answer says itself that it is the last one. */
  @Override
  public void onLeave(Runnable action) {}

  @Override
  public void close() {
    if (closing) return;
    closing = true;
    if (closed) end();
    else context.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (closing) bytes.release();
    else if (paused) held.add(bytes); // what a peer that closes has left is read unasked
    else read(bytes);
  }

  private void read(ByteBuf bytes) {
    try {
      framing.read(context, bytes);
    } catch (BadFraming bad) {
      fail(bad);
      close();
      return;
    }
    tell();
    if (!framing.isIdle() || framing.isReusable()) return;
    fail(new IOException("it said what nobody had asked for"));
    close();
  }

  /** What is whole is the listener's, which may give up at any of it. */
  private void tell() {
    Exchange told = exchange;
    if (told == null) return;
    for (MultiMap hints : framing.takeHints()) if (told == exchange) told.listener.hints(hints);
    Answer head = framing.takeHead();
    if (head != null) keptNanos = KeepAlive.nanos(head.field("keep-alive"));
    if (head != null && told == exchange) told.listener.head(head);
    Buffer data = framing.takeData();
    if (data != null && told == exchange) told.listener.data(data);
    MultiMap trailers = framing.takeEnd();
    if (trailers == null || told != exchange) return;
    exchange = null;
    if (paused) readOn(true);
    told.listener.end(trailers);
  }

  private void fail(Throwable cause) {
    Exchange failed = exchange;
    exchange = null;
    if (failed != null) failed.listener.fail(cause);
  }

  private void readOn(boolean on) {
    paused = !on;
    if (!closed) context.channel().config().setAutoRead(on);
    while (!paused && !held.isEmpty()) {
      if (closing) held.poll().release();
      else read(held.poll());
    }
    if (closed && !paused) end();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closed = true;
    if (!paused || closing) end();
    if (onClose != null) onClose.run();
    context.fireChannelInactive();
  }

  /** All that came has been read. */
  private void end() {
    closing = true;
    if (cause == null) framing.end(); // a reset is no end of a body
    tell();
    fail(cause != null ? cause : new IOException("the connection was closed"));
    framing.release();
    while (!held.isEmpty()) held.poll().release();
  }

  /** A body that lasts until the connection ends is whole only if TLS says so (RFC 9112 §9.8). */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslCloseCompletionEvent end
        && !end.isSuccess()
        && framing.isUntilClose()) {
      fail(new IOException("the body was cut off (RFC 9112 §9.8)"));
      close();
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable broken) {
    boolean ours = broken instanceof RuntimeException && !(broken instanceof CodecException);
    if (ours) LOG.error("an answer could not be passed on", broken);
    cause = broken;
    close();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (exchange != null && context.channel().isWritable()) exchange.listener.drained();
    context.fireChannelWritabilityChanged();
  }

  /** The one that is under way. */
  private final class Exchange implements Stream {
    private final Listener listener;
    private boolean chunked;

    private Exchange(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void send(Request request, Body body) {
      chunked = body == Body.UNSIZED;
      framing.sent(request.method().name(), body == Body.UPGRADE);
      write(RequestHead.of(context.alloc(), request, chunked));
      if (body == Body.NONE || body == Body.UPGRADE) context.flush();
    }

    @Override
    public void write(Buffer part) {
      ByteBuf bytes = ((BufferInternal) part).getByteBuf();
      if (!bytes.isReadable()) return;
      if (chunked) write(RequestHead.chunk(context.alloc(), bytes.readableBytes()));
      write(bytes);
      if (chunked) write(RequestHead.chunkEnd());
      context.flush();
    }

    private void write(ByteBuf bytes) {
      context.write(bytes, context.voidPromise());
    }

    @Override
    public boolean isFull() {
      return !context.channel().isWritable();
    }

    @Override
    public void end() {
      if (chunked) write(RequestHead.lastChunk());
      context.flush();
    }

    @Override
    public void pause() {
      if (exchange == this) readOn(false);
    }

    @Override
    public void resume() {
      if (exchange == this) readOn(true);
    }

    @Override
    public void handOver(ChannelHandler next) {
      exchange = null;
      closing = true;
      ChannelHandlerContext last = context;
      last.pipeline().addAfter(last.name(), null, next);
      ByteBuf behind = framing.takeRest();
      if (behind != null) last.fireChannelRead(behind).fireChannelReadComplete();
      last.pipeline().remove(Http1Connection.this);
    }

    @Override
    public void reset() {
      if (exchange != this) return;
      exchange = null;
      Http1Connection.this.close();
    }
  }
}
