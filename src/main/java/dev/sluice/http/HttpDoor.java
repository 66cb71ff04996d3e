package dev.sluice.http;

import dev.sluice.app.Engine;
import dev.sluice.cache.Cache;
import dev.sluice.cache.http.HttpCache;
import dev.sluice.framing.Bounds;
import dev.sluice.framing.FramingHandler;
import dev.sluice.framing.OpenStreams;
import dev.sluice.framing.Sockets;
import dev.sluice.guard.Guards;
import dev.sluice.http.forward.RouteSettings;
import dev.sluice.http.tls.Certificates;
import dev.sluice.observe.AccessLog;
import dev.sluice.observe.Health;
import dev.sluice.observe.Metrics;
import dev.sluice.realtime.SocketSettings;
import dev.sluice.upstream.Upstreams;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** The HTTP door: one verticle an event loop, all listening on the same port. */
public final class HttpDoor {

  /**
   * What the door stands on; a reload replaces it as a whole.
   *
   * @param settings of these, a reload uses what does not belong to an open socket
   */
  public record Inside(
      Engine engine,
      Cache cache,
      Guards guards,
      Forwarding forwarding,
      ServerSettings settings,
      SocketSettings sockets) {}

  /** The prefix routes, the upstreams they lead to, and what is stored of their answers. */
  public record Forwarding(List<RouteSettings> routes, Upstreams upstreams, HttpCache cache) {}

  /** What it tells operators. {@code accessLog} is null where none is kept. */
  public record Outlook(Metrics metrics, AccessLog accessLog, Health health, String version) {}

  /** How many event loops serve. */
  static final int LOOPS = Math.max(1, Runtime.getRuntime().availableProcessors());

  private final Queue<HttpVerticle> verticles = new ConcurrentLinkedQueue<>();
  private final AtomicInteger port = new AtomicInteger();
  private final Sockets sockets;
  private volatile Generation generation;
  private volatile Certificates certificates;

  private HttpDoor(Sockets sockets, Generation generation) {
    this.sockets = sockets;
    this.generation = generation;
  }

  /** The transport that the door's Vert.x needs: one that checks the framing of requests. */
  public static Sockets transport(ServerSettings settings) {
    Transport fast = Transport.nativeTransport();
    Transport plain = fast != null && fast.available() ? fast : Transport.NIO;
    Bounds bounds = settings.bounds();
    OpenStreams open = OpenStreams.inMemory();
    return new Sockets(plain, settings::listensOn, () -> new FramingHandler(bounds, open));
  }

  /**
   * Opens the door; fails with a message that names the port where it is taken.
   *
   * @param sockets the transport of this Vert.x
   */
  public static Future<HttpDoor> open(
      Vertx vertx, Sockets sockets, Inside inside, Outlook outlook) {
    HttpDoor door = new HttpDoor(sockets, Generation.first(inside, outlook));
    outlook
        .metrics()
        .gauge("http.connections.active", "Open client connections", door::connections);
    outlook.metrics().gauge("sockets.open", "Open WebSockets", door::open);
    outlook
        .metrics()
        .gauge("sockets.proxied", "WebSockets that are passed on to upstreams", door::piped);
    DeploymentOptions instances = new DeploymentOptions().setInstances(LOOPS);
    return Certificates.of(vertx, inside.settings().tls())
        .onSuccess(found -> door.certificates = found)
        .compose(found -> vertx.deployVerticle(door::verticle, instances))
        .onSuccess(id -> door.watchCertificates())
        .map(id -> door);
  }

  private void watchCertificates() {
    if (certificates != null) certificates.watch(verticles.element().secure()::updateSSLOptions);
  }

  /**
   * Puts something else behind the door, for the requests that begin from now on; connections stay
   * open, and requests under way go on with what they began with. Fails, and has changed nothing,
   * where an event loop cannot be made ready for it. One at a time.
   */
  public Future<Void> reload(Inside inside, Outlook outlook) {
    Generation next = generation.next(inside, outlook);
    return all(verticle -> verticle.prepareFor(next))
        .recover(e -> all(HttpVerticle::dropPrepared).transform(d -> Future.failedFuture(e)))
        .compose(ready -> all(HttpVerticle::commitPrepared))
        .onSuccess(done -> generation = next);
  }

  private Future<Void> all(Function<HttpVerticle, Future<Void>> work) {
    return Future.join(verticles.stream().map(work).toList()).mapEmpty();
  }

  /** The port it listens on. */
  public int port() {
    return port.get();
  }

  /** The port it listens on with TLS; 0 without. */
  public int tlsPort() {
    return certificates == null ? 0 : verticles.element().secure().actualPort();
  }

  /**
   * Looks at the files of the certificate now, not only every few seconds. Fails with a message for
   * a person where they are no good, and the certificate before stays in use.
   */
  public Future<Void> reloadCertificates() {
    return certificates == null ? Future.succeededFuture() : certificates.reload().mapEmpty();
  }

  Certificates certificates() {
    return certificates;
  }

  /** Stops accepting and lets what is under way finish, within the drain timeout. */
  public Future<Void> drain() {
    Duration longest = generation.inside().settings().drainTimeout();
    return sockets.stopAccepting().compose(stopped -> all(verticle -> verticle.drain(longest)));
  }

  void isListeningOn(int port) {
    this.port.set(port);
  }

  private HttpVerticle verticle() {
    HttpVerticle verticle = new HttpVerticle(generation, this);
    verticles.add(verticle);
    return verticle;
  }

  private int connections() {
    return verticles.stream().mapToInt(HttpVerticle::connections).sum();
  }

  private int piped() {
    return verticles.stream().mapToInt(HttpVerticle::piped).sum();
  }

  private int open() {
    return verticles.stream().mapToInt(HttpVerticle::sockets).sum();
  }
}
