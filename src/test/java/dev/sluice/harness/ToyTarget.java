package dev.sluice.harness;

import static dev.sluice.harness.RunningGateway.await;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * One server of an upstream: answers with its name, can be killed and started again on its port,
 * and can freeze, so that it accepts and answers nobody.
 */
public final class ToyTarget {
  private final Vertx vertx;
  private final String name;
  private final HttpServerOptions options;
  private final List<HttpServerRequest> asked = new CopyOnWriteArrayList<>();
  private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
  private volatile Consumer<HttpServerRequest> answer = this::sayName;
  private volatile boolean frozen;
  private HttpServer server;
  private SocketChannel held; // its port while it is away, or another server's test takes it

  public ToyTarget(Vertx vertx, String name) {
    this(vertx, name, new HttpServerOptions());
  }

  public ToyTarget(Vertx vertx, String name, HttpServerOptions options) {
    this.vertx = vertx;
    this.name = name;
    this.options = options.setHost("127.0.0.1").setPort(0);
    start();
  }

  public void start() {
    if (held != null) close(held);
    server = vertx.createHttpServer(options);
    server.connectionHandler(
        connection -> {
          connections.add(connection);
          connection.closeHandler(closed -> connections.remove(connection));
        });
    server.requestHandler(
        request -> {
          Consumer<HttpServerRequest> now = frozen ? stuck -> {} : answer;
          if (request.method() != HttpMethod.OPTIONS) asked.add(request);
          now.accept(request);
        });
    options.setPort(await(server.listen()).actualPort());
  }

  /** As the end of a process does: the port is closed and so is every connection. */
  public void kill() {
    await(server.close());
    Await.until("its port can be held", this::hold);
  }

  /** Whether it could be: what is still being closed has it for a moment. */
  private boolean hold() {
    try {
      held = SocketChannel.open().setOption(StandardSocketOptions.SO_REUSEADDR, true);
      held.bind(new InetSocketAddress("127.0.0.1", options.getPort()));
      return true;
    } catch (IOException inUse) {
      close(held);
      return false;
    }
  }

  private static void close(SocketChannel held) {
    try {
      held.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void freeze(boolean frozen) {
    this.frozen = frozen;
  }

  /** What it does with a request from now on; null, it answers with its name. */
  public void answer(Consumer<HttpServerRequest> answer) {
    this.answer = answer == null ? this::sayName : answer;
  }

  public void sayName(HttpServerRequest request) {
    request.response().end(name);
  }

  /** The requests it has had, but for OPTIONS. */
  public List<HttpServerRequest> asked() {
    return asked;
  }

  public Set<HttpConnection> connections() {
    return connections;
  }

  public String authority() {
    return "127.0.0.1:" + options.getPort();
  }

  public String url() {
    return (options.isSsl() ? "https://" : "http://") + authority();
  }
}
