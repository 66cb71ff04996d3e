package dev.sluice.websocket;

import dev.sluice.framing.FramingHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * One socket that a client has opened. All of it is on the event loop of its connection, and so are
 * those who use it.
 */
public final class WebSocket {
  /** What comes. After {@link #closed} nothing does. */
  public interface Listener {
    /** A whole message; of a text, its UTF-8. */
    void message(boolean text, Buffer payload);

    /** A ping, which has been answered; or a pong. */
    void alive(boolean ping);

    /** It takes more again, after it was full. */
    void drained();

    /** It is over: by the client's word, by its fault, or because the connection is. */
    void closed(int code, String reason);
  }

  private enum State {
    OPEN,
    CLOSING, // we have said so, and wait for the client's word
    CLOSED
  }

  private final Bounds bounds;
  private final Deflate deflate; // null where nothing is compressed
  private final Flusher flusher;
  private final Inbound inbound;
  private FramingHandler framing; // until the first byte is read
  private ChannelHandlerContext context;
  private Listener listener;
  private State state = State.OPEN;
  private boolean deaf; // what still comes is not looked at
  private boolean paused;
  private ScheduledFuture<?> ending;

  private WebSocket(Bounds bounds, Deflate deflate, Flusher flusher) {
    this.bounds = bounds;
    this.deflate = deflate;
    this.flusher = flusher;
    this.inbound = new Inbound(bounds, deflate, new Receiver());
  }

  /** What the sockets of an event loop share. */
  public static final class Shared {
    private final Deflate deflate = new Deflate();
    private final Flusher flusher = new Flusher();

    /** From now on what is written is sent by {@link #flush}, until {@link #release}. */
    public void hold() {
      flusher.hold();
    }

    public void flush() {
      flusher.flushHeld();
    }

    public void release() {
      flusher.release();
    }
  }

  /**
   * Makes the connection of an HTTP request a socket, which is paused. To be done before the
   * request is answered with 101, so that nothing that comes is lost.
   */
  public static WebSocket on(Channel channel, Handshake asked, Bounds bounds, Shared shared) {
    Deflate deflate = asked.deflates() ? shared.deflate : null;
    WebSocket socket = new WebSocket(bounds, deflate, shared.flusher);
    ChannelPipeline pipeline = channel.pipeline();
    socket.framing = pipeline.get(FramingHandler.class);
    socket.framing.grant();
    socket.pause();
    pipeline.addBefore("handler", "websocket", socket.new Wire());
    if (pipeline.get("idle") != null) pipeline.remove("idle");
    return socket;
  }

  /** Whom to tell; before {@link #resume}. */
  public void listener(Listener listener) {
    this.listener = listener;
  }

  /** Whether its client takes what it is sent more slowly than it is sent. */
  public boolean isFull() {
    return !context.channel().isWritable();
  }

  /** Whether more than so many bytes wait for its client, which could have been sent. */
  public boolean holds(long bytes) {
    if (pending() <= bytes) return false;
    context.flush();
    return pending() > bytes;
  }

  private long pending() {
    var out = context.channel().unsafe().outboundBuffer();
    return out == null ? 0 : out.totalPendingWriteBytes();
  }

  /** Nothing more is read for now. */
  public void pause() {
    paused = true;
    if (context != null) read();
  }

  public void resume() {
    paused = false;
    FramingHandler before = framing;
    framing = null;
    if (before != null) before.stepAside(); // with what has come behind the handshake
    read();
  }

  /** Who does not read what it is sent is not read either. */
  private void read() {
    context.channel().config().setAutoRead(!paused && !isFull() || deaf);
  }

  /** Sends a frame, where it is open; with others that are sent in the same moment. */
  public void send(Frame frame) {
    if (state == State.OPEN) write(frame);
  }

  private void write(Frame frame) {
    context.write(frame.encoded(deflate), context.voidPromise());
    flusher.soon(context);
  }

  public void ping() {
    send(Frame.ping());
  }

  /** Says that it is over, and gives its client a while to say the same (RFC 6455 §7.1.2). */
  public void close(int code, String reason) {
    if (state != State.OPEN) return;
    write(Frame.close(code, reason));
    state = State.CLOSING;
    if (paused) resume();
    endLater();
  }

  /** Drops it without a word: for who does not listen anyway. */
  public void drop() {
    over(CloseCode.ABNORMAL, "");
    context.close();
  }

  /** The client has no business here any more; it reads why, if it does, before that is cut off. */
  private void fail(BadFrame bad) {
    if (state == State.OPEN) {
      write(Frame.close(bad.code(), bad.getMessage()));
      flusher.now(context);
    }
    deaf = true;
    over(bad.code(), bad.getMessage());
    hangUp();
  }

  /** With the answer to a close, or after a fault: the client sees the end, and ends. */
  private void hangUp() {
    context
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(sent -> end()); // what waits goes first
    read();
    endLater();
  }

  private void end() {
    Channel channel = context.channel();
    boolean half =
        channel instanceof DuplexChannel && channel.pipeline().get(SslHandler.class) == null;
    if (half) ((DuplexChannel) channel).shutdownOutput();
    else context.close();
  }

  private void endLater() {
    if (ending != null) return;
    long millis = bounds.closing().toMillis();
    ending = context.executor().schedule(() -> context.close(), millis, TimeUnit.MILLISECONDS);
  }

  private void over(int code, String reason) {
    boolean told = state == State.CLOSED;
    state = State.CLOSED;
    if (!told && listener != null) listener.closed(code, reason);
  }

  /** What has been read. */
  private final class Receiver implements Inbound.Listener {
    @Override
    public void message(boolean text, byte[] payload) {
      if (state == State.OPEN) listener.message(text, Buffer.buffer(payload));
    }

    @Override
    public void ping(byte[] payload) {
      if (state != State.OPEN) return;
      send(Frame.pong(payload));
      listener.alive(true);
    }

    @Override
    public void pong(byte[] payload) {
      if (state == State.OPEN) listener.alive(false);
    }

    @Override
    public void close(int code, String reason) {
      if (state == State.OPEN) {
        write(Frame.close(code, ""));
        flusher.now(context);
      }
      deaf = true;
      over(code, reason);
      hangUp();
    }
  }

  /** Its end of the pipeline. */
  private final class Wire extends ChannelInboundHandlerAdapter {
    @Override
    public void handlerAdded(ChannelHandlerContext added) {
      context = added;
      read();
    }

    @Override
    public void channelRead(ChannelHandlerContext at, Object message) {
      if (!(message instanceof ByteBuf in)) {
        at.fireChannelRead(message); // of the request, still
        return;
      }
      try {
        if (!deaf) inbound.read(in);
      } catch (BadFrame bad) {
        fail(bad);
      } finally {
        in.release();
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext at) {
      read();
      if (!isFull() && state == State.OPEN && listener != null) listener.drained();
      at.fireChannelWritabilityChanged();
    }

    /** A connection that breaks ends, and is no news but to who uses it. */
    @Override
    public void exceptionCaught(ChannelHandlerContext at, Throwable cause) {
      if (cause instanceof IOException) at.close();
      else at.fireExceptionCaught(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext at) {
      if (ending != null) ending.cancel(false);
      over(CloseCode.ABNORMAL, "");
      at.fireChannelInactive();
    }
  }
}
