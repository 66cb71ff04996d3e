package dev.sluice.http;

import dev.sluice.http.forward.UpstreamSettings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnectOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop's way to one upstream: the connections it keeps, who waits for one, and what is
 * under way. The last one given back is the next one taken, so that a pool that was large once
 * shrinks again. Not thread-safe.
 */
final class Lane {
  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
  private static final int WAITING_A_CONNECTION = 8;
  private static final long COMPLAINT_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long KEEP_NANOS = Duration.ofSeconds(30).toNanos();
  private static final long SWEEP_MILLIS = 250;

  /** More requests wait for a connection than may. */
  static final class Busy extends RuntimeException {
    private static final long serialVersionUID = 1;

    Busy() {
      super("too many requests wait for a connection", null, false, false);
    }
  }

  /** A connection, and since when it has been idle. */
  static final class Link {
    final HttpClientConnection connection;
    private long since;
    private boolean closed;

    private Link(HttpClientConnection connection) {
      this.connection = connection;
    }
  }

  private final String name;
  private final UpstreamSettings settings;
  private final HttpClientAgent client;
  private final HttpConnectOptions target;
  private final Deque<Link> idle = new ArrayDeque<>();
  private final Deque<Promise<Link>> waiting = new ArrayDeque<>();
  private final Set<Passage> underway = new HashSet<>();
  private int open;
  private long complained;

  Lane(Vertx vertx, String name, UpstreamSettings settings) {
    this.name = name;
    this.settings = settings;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(settings.isTls())
                .setVerifyHost(settings.isTls())
                .setConnectTimeout((int) settings.connectTimeout().toMillis())
                .setMaxChunkSize(65_536)
                .setDecompressionSupported(false));
    this.target =
        new HttpConnectOptions()
            .setHost(settings.url().getHost())
            .setPort(settings.port())
            .setSsl(settings.isTls());
    vertx.setPeriodic(SWEEP_MILLIS, t -> sweep());
  }

  String name() {
    return name;
  }

  UpstreamSettings settings() {
    return settings;
  }

  /**
   * A connection for one request; to be given back. Fails with {@link Busy} where too many wait.
   */
  Future<Link> take() {
    Link link = idle.pollFirst();
    if (link != null) return Future.succeededFuture(link);
    if (open < settings.connections()) return connect();
    if (waiting.size() >= WAITING_A_CONNECTION * settings.connections()) {
      return Future.failedFuture(new Busy());
    }
    Promise<Link> promise = Promise.promise();
    waiting.addLast(promise);
    return promise.future();
  }

  /** Takes a connection back; one that is not clean is closed. */
  void give(Link link, boolean clean) {
    if (link.closed) return;
    if (!clean) {
      link.connection.close();
      return;
    }
    Promise<Link> next = waiting.pollFirst();
    if (next != null) {
      next.complete(link);
      return;
    }
    link.since = System.nanoTime();
    idle.addFirst(link);
  }

  void began(Passage passage) {
    underway.add(passage);
  }

  void ended(Passage passage) {
    underway.remove(passage);
  }

  /** Logs what is wrong with the upstream, once a second at most. */
  void complain(String what) {
    long now = System.nanoTime();
    if (complained != 0 && now - complained < COMPLAINT_NANOS) return;
    complained = now;
    LOG.warn("upstream {}: {}", name, what);
  }

  private Future<Link> connect() {
    open++;
    return client
        .connect(target)
        .map(
            connection -> {
              Link link = new Link(connection);
              connection.closeHandler(closed -> closed(link));
              return link;
            })
        .onFailure(refused -> lost());
  }

  private void closed(Link link) {
    link.closed = true;
    idle.remove(link);
    lost();
  }

  /** There is room for another connection, for whoever waits. */
  private void lost() {
    open--;
    Promise<Link> next = waiting.pollFirst();
    if (next != null) connect().onComplete(next);
  }

  private void sweep() {
    long now = System.nanoTime();
    long longest = settings.idleTimeout().toNanos();
    for (Passage passage : List.copyOf(underway)) passage.checkIdle(now, longest);
    while (!idle.isEmpty() && now - idle.peekLast().since > KEEP_NANOS) {
      idle.pollLast().connection.close();
    }
  }
}
