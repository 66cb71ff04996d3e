package dev.sluice.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.app.Engine;
import dev.sluice.cache.Cache;
import dev.sluice.guard.Limits;
import dev.sluice.http.forward.RouteSettings;
import dev.sluice.http.forward.UpstreamSettings;
import dev.sluice.http.framing.Bounds;
import dev.sluice.http.framing.FramingHandler;
import dev.sluice.http.framing.Sockets;
import dev.sluice.http.tls.Certificates;
import dev.sluice.observe.AccessLog;
import dev.sluice.observe.Health;
import dev.sluice.observe.Metrics;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.transport.Transport;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** The HTTP door: one verticle an event loop, all listening on the same port. */
public final class HttpDoor {

  /** What the door stands on. {@code accessLog} is null where none is kept. */
  public record Inside(Engine engine, Cache cache, Limits limits, Forwarding forwarding) {}

  /** The prefix routes, and the upstreams they lead to, by name. */
  public record Forwarding(List<RouteSettings> routes, Map<String, UpstreamSettings> upstreams) {}

  /** What it tells operators. {@code accessLog} is null where none is kept. */
  public record Outlook(Metrics metrics, AccessLog accessLog, Health health, String version) {}

  private final Queue<HttpVerticle> verticles = new ConcurrentLinkedQueue<>();
  private final AtomicInteger port = new AtomicInteger();
  private final FastLane.Targets targets = new FastLane.Targets();
  private volatile Certificates certificates;

  private HttpDoor() {}

  /** The transport that the door's Vert.x needs: one that checks the framing of requests. */
  public static Transport transport(ServerSettings settings) {
    Transport fast = Transport.nativeTransport();
    Transport plain = fast != null && fast.available() ? fast : Transport.NIO;
    Bounds bounds = settings.bounds();
    return new Sockets(plain, settings::listensOn, () -> new FramingHandler(bounds));
  }

  /** Opens the door; fails with a message that names the port where it is taken. */
  public static Future<HttpDoor> open(
      Vertx vertx, ServerSettings settings, Inside inside, Outlook outlook) {
    HttpDoor door = new HttpDoor();
    JsonNode contract = inside.engine().contract().published();
    Pages pages = new Pages(outlook.health(), outlook.metrics(), contract, outlook.version());
    outlook
        .metrics()
        .gauge("http.connections.active", "Open client connections", door::connections);
    int loops = Math.max(1, Runtime.getRuntime().availableProcessors());
    DeploymentOptions instances = new DeploymentOptions().setInstances(loops);
    return Certificates.of(vertx, settings.tls())
        .compose(
            certificates -> {
              door.certificates = certificates;
              return vertx.deployVerticle(
                  () -> door.verticle(settings, inside, outlook, pages), instances);
            })
        .map(
            id -> {
              if (door.certificates != null) {
                door.certificates.watch(door.verticles.element().secure()::updateSSLOptions);
              }
              return door;
            });
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
    return Future.join(verticles.stream().map(HttpVerticle::drain).toList()).mapEmpty();
  }

  FastLane.Targets targets() {
    return targets;
  }

  void isListeningOn(int port) {
    this.port.set(port);
  }

  private HttpVerticle verticle(
      ServerSettings settings, Inside inside, Outlook outlook, Pages pages) {
    HttpVerticle verticle = new HttpVerticle(settings, inside, outlook, pages, this);
    verticles.add(verticle);
    return verticle;
  }

  private int connections() {
    return verticles.stream().mapToInt(HttpVerticle::connections).sum();
  }
}
