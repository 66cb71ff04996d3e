package dev.sluice.upstream.connection;

import dev.sluice.framing.Answer;
import io.netty.channel.ChannelHandler;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.net.HostAndPort;

/** HTTP/2 as Vert.x speaks it. */
public final class Http2Connection implements Connection {
  private static final long CANCEL = 8; // RFC 9113 §7
  private static final long REFUSED_STREAM = 7;

  private final HttpClientConnection connection;
  private int lastProcessed = Integer.MAX_VALUE;

  public Http2Connection(HttpClientConnection connection) {
    this.connection = connection;
    connection.exceptionHandler(broken -> {}); // its requests tell, and it need not be logged
  }

  @Override
  public int room() {
    return (int) Math.min(Integer.MAX_VALUE, connection.maxActiveStreams());
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public boolean isReusable() {
    return true;
  }

  /** A peer that ends it says so first. */
  @Override
  public long keptNanos() {
    return Long.MAX_VALUE;
  }

  @Override
  public Future<Stream> open(Stream.Listener listener) {
    return connection
        .request(new RequestOptions())
        .<Stream>map(request -> new Exchange(request, listener))
        .recover(cause -> Future.failedFuture(new Unprocessed(cause)));
  }

  @Override
  public void onClose(Runnable action) {
    connection.closeHandler(closed -> action.run());
  }

  @Override
  public void onLeave(Runnable action) {
    connection.goAwayHandler(
        away -> { // to be read now: the debug data of a later copy is released by then (5.0.8)
          lastProcessed = away.getLastStreamId();
          action.run();
        });
  }

  @Override
  public void close() {
    connection.close();
  }

  private final class Exchange implements Stream {
    private final HttpClientRequest request;
    private final Listener listener;
    private HttpClientResponse response;
    private boolean over;
    private boolean failed;

    private Exchange(HttpClientRequest request, Listener listener) {
      this.request = request;
      this.listener = listener;
    }

    @Override
    public void send(Request head, Body body) {
      request.exceptionHandler(broken -> {}); // the answer's future tells
      request.earlyHintsHandler(
          fields -> {
            if (!over) listener.hints(checked(fields));
          });
      request.response().onSuccess(this::begin).onFailure(this::fail);
      request.setMethod(head.method()).setURI(head.target());
      request.authority(HostAndPort.parseAuthority(head.authority(), -1)); // RFC 9113 §8.3.1
      request.headers().setAll(head.fields());
      if (body == Body.UNSIZED) request.setChunked(true);
      if (body == Body.NONE) request.end();
    }

    private void begin(HttpClientResponse begun) {
      response = begun;
      begun.exceptionHandler(this::fail); // before a reset of ours, which would be logged
      if (over) return;
      Answer answer;
      try {
        MultiMap fields = checked(begun.headers());
        answer = new Answer(begun.version(), begun.statusCode(), null, fields);
        answer.length(); // throws where it is no number
      } catch (IllegalArgumentException bad) {
        refuse(bad);
        return;
      }
      listener.head(answer);
      if (over) return;
      begun.handler(
          part -> {
            if (!over && part.length() > 0) listener.data(part);
          });
      begun.endHandler(end -> finish());
    }

    private void finish() {
      if (over) return;
      MultiMap trailers;
      try {
        trailers = checked(response.trailers());
      } catch (IllegalArgumentException bad) {
        refuse(bad);
        return;
      }
      over = true;
      listener.end(trailers);
    }

    private void refuse(IllegalArgumentException bad) {
      fail(bad);
      request.reset(CANCEL);
    }

    /** Refuses what no field may have (RFC 9113 §8.2.1), which Vert.x lets pass. */
    private MultiMap checked(MultiMap fields) {
      return HttpHeaders.headers().setAll(fields);
    }

    private void fail(Throwable cause) {
      if (over) return;
      over = failed = true;
      listener.fail(isUnprocessed(cause) ? new Unprocessed(cause) : cause);
    }

    /** The peer says that it has not begun with it (RFC 9113 §6.8, §8.7). */
    private boolean isUnprocessed(Throwable cause) {
      if (response != null) return false;
      if (cause instanceof StreamResetException reset) return reset.getCode() == REFUSED_STREAM;
      return cause instanceof HttpClosedException && request.streamId() > lastProcessed;
    }

    @Override
    public void write(Buffer part) {
      request.write(part);
    }

    @Override
    public boolean isFull() {
      if (!request.writeQueueFull()) return false;
      request.drainHandler(
          drained -> {
            if (!over) listener.drained();
          });
      return true;
    }

    @Override
    public void end() {
      request.end();
    }

    @Override
    public void pause() {
      if (!over) response.pause();
    }

    @Override
    public void resume() {
      if (!over) response.resume();
    }

    @Override
    public void handOver(ChannelHandler next) {
      throw new IllegalStateException("HTTP/2 has no 101 (RFC 9113 §8.6)");
    }

    @Override
    public void reset() {
      over = true;
      if (!failed) request.reset(CANCEL); // of a stream that the peer has not seen it is an error
    }
  }
}
