package dev.sluice.framing;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayList;
import java.util.List;

/** What became of an HTTP/2 connection's streams, and which of them do not move. */
final class Streams extends Http2ConnectionAdapter {
  private static final int REMEMBERED = 128;

  private final Http2ConnectionHandler codec;
  private final OpenStreams open;
  private final Http2Connection connection;
  private final Http2Connection.PropertyKey windowSeen;
  private final int[] removed = new int[REMEMBERED]; // ids; negative where we reset them
  private int next;
  private boolean widened;
  private long quietSince = System.nanoTime();

  Streams(Http2ConnectionHandler codec, OpenStreams open) {
    this.codec = codec;
    this.open = open;
    this.connection = codec.connection();
    this.windowSeen = connection.newKey();
    connection.addListener(this);
  }

  @Override
  public void onStreamActive(Http2Stream stream) {
    open.opened();
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    open.closed();
  }

  /** Whether all connections together have more of them open than there is room for. */
  boolean areTooMany() {
    return open.areTooMany();
  }

  @Override
  public void onStreamRemoved(Http2Stream stream) {
    removed[next] = stream.isResetSent() ? -stream.id() : stream.id();
    next = (next + 1) % REMEMBERED;
    quietSince = System.nanoTime();
  }

  /** Since when there has been none. */
  long quietSince() {
    return connection.numActiveStreams() > 0 ? System.nanoTime() : quietSince;
  }

  /**
   * What is wrong with HEADERS on a stream that is not new, or null: on one that its client has
   * ended they come too late, on one that it has passed over they never had a place (RFC 9113 §5.1,
   * §5.1.1). Those that crossed a reset of ours are no fault.
   */
  Http2Error fault(int id) {
    Http2Stream stream = connection.stream(id);
    if (stream != null) {
      boolean open = stream.state().remoteSideOpen() || stream.isResetSent();
      return open ? null : Http2Error.STREAM_CLOSED;
    }
    for (int known : removed) {
      if (known == -id) return null;
      if (known == id) return Http2Error.STREAM_CLOSED;
    }
    return Http2Error.PROTOCOL_ERROR;
  }

  /** The client takes more, of one stream or (0) of all. */
  void widened(int id) {
    Http2Stream stream = id == 0 ? null : connection.stream(id);
    if (stream == null) widened = true;
    else stream.removeProperty(windowSeen);
  }

  /** Resets those whose answer has begun, and since the last time could not go on at all. */
  void resetStalled(ChannelHandlerContext context) throws Http2Exception {
    Http2RemoteFlowController flow = codec.encoder().flowController();
    List<Integer> stalled = new ArrayList<>();
    connection.forEachActiveStream(
        stream -> {
          boolean begun = stream.isHeadersSent() && stream.state().localSideOpen();
          Integer window = begun && !flow.isWritable(stream) ? flow.windowSize(stream) : null;
          Integer seen = stream.setProperty(windowSeen, window);
          if (window != null && window.equals(seen) && !widened) stalled.add(stream.id());
          return true;
        });
    widened = false;
    long code = Http2Error.CANCEL.code();
    stalled.forEach(id -> codec.resetStream(context, id, code, context.newPromise()));
    context.flush();
  }
}
