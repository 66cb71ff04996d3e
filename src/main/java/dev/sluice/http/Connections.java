package dev.sluice.http;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The open connections of one event loop, and how long each has been at its headers: a client that
 * trickles them is cut off. Vert.x tells of a connection with its first request; until then the
 * idle timeout, which counts whole requests only, is the one for headers. Later requests are swept
 * for once a second, so that a request costs no timer.
 */
final class Connections {
  private final Client clients;
  private final long headerNanos;
  private final long idleMillis;
  private final Map<HttpConnection, Open> open = new IdentityHashMap<>();

  Connections(Client clients, Duration headerTimeout, Duration idleTimeout) {
    this.clients = clients;
    this.headerNanos = headerTimeout.toNanos();
    this.idleMillis = idleTimeout.toMillis();
  }

  void opened(HttpConnection connection) {
    Open state = new Open();
    open.put(connection, state);
    ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
    pipeline.channel().closeFuture().addListener(closed -> open.remove(connection));
    pipeline.replace("idle", "idle", new IdleStateHandler(0, 0, idleMillis, MILLISECONDS));
    if (connection.getClass().getSimpleName().startsWith("Http1")) {
      pipeline.addFirst(state); // HTTP/2 frames have limits of their own
    }
  }

  /** The client's address; a request has arrived, so its headers are complete. */
  String arrived(HttpServerRequest request) {
    Open state = open.get(request.connection());
    if (state == null) return clients.address(request);
    state.headersSince = 0;
    state.busy = true;
    if (!clients.isFixed()) return clients.address(request);
    if (state.address == null) state.address = clients.address(request);
    return state.address;
  }

  /** The reply is sent: the next byte begins another request. */
  void answered(HttpServerRequest request) {
    Open state = open.get(request.connection());
    if (state != null) state.busy = false;
  }

  /** Closes those that have been too long at their headers; gives how many. */
  int sweep() {
    long now = System.nanoTime();
    List<HttpConnection> slow = new ArrayList<>();
    open.forEach(
        (connection, state) -> {
          long since = state.headersSince;
          if (since != 0 && now - since > headerNanos) slow.add(connection);
        });
    slow.forEach(HttpConnection::close);
    return slow.size();
  }

  int size() {
    return open.size();
  }

  /** A connection's state, fed by every read that comes from its socket. */
  private static final class Open extends ChannelInboundHandlerAdapter {
    String address;
    long headersSince;
    boolean busy;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (!busy && headersSince == 0) headersSince = System.nanoTime();
      context.fireChannelRead(message);
    }
  }
}
