package dev.sluice.upstream;

import dev.sluice.upstream.Target.Reason;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What event loops share of one upstream, and their pools. Any thread. */
final class Upstream {
  private final Vertx vertx;
  private final String name;
  private final UpstreamSettings settings;
  private final UpstreamMeters meters;
  private final Targets targets;
  private final Dialer dialer;
  private final AtomicInteger sockets = new AtomicInteger();
  private final Map<Context, Pool> pools = new ConcurrentHashMap<>();
  private final Promise<Void> closed = Promise.promise();
  private final Pem.Stamp stamp;
  private volatile boolean retired;
  private Future<String> watch = Future.succeededFuture();

  Upstream(Vertx vertx, String name, UpstreamSettings settings, UpstreamMeters meters) {
    this.vertx = vertx;
    this.name = name;
    this.settings = settings;
    this.meters = meters;
    this.stamp = Pem.Stamp.of(settings.tls());
    this.targets = new Targets(settings.targets());
    this.dialer = new Dialer(vertx, settings);
    targets.listen(this::ejected);
  }

  /** Begins to watch over the targets, where there is anything to be found out about them. */
  Future<?> start() {
    meters.show(targets);
    if (settings.health() == null && !targets.isSeveral()) return Future.succeededFuture();
    watch = vertx.deployVerticle(new WatchVerticle(this));
    return watch;
  }

  /** Whether these settings would make the very same, certificates included. */
  boolean isOf(UpstreamSettings others) {
    return settings.equals(others) && stamp.equals(Pem.Stamp.of(others.tls()));
  }

  /** The pool of the event loop that asks. */
  Pool pool() {
    Context context = vertx.getOrCreateContext();
    return pools.computeIfAbsent(context, c -> new Pool(vertx, c, this));
  }

  /** Ends when nothing is under way any more; its connections are closed then. */
  Future<Void> close() {
    if (!retired) {
      retired = true;
      meters.hide(targets);
      watch.onSuccess(id -> undeploy(id));
      if (pools.isEmpty()) finish();
      pools.values().forEach(Pool::retire);
    }
    return closed.future();
  }

  void ended(Pool pool) {
    pools.values().remove(pool);
    if (pools.isEmpty()) finish();
  }

  String name() {
    return name;
  }

  UpstreamSettings settings() {
    return settings;
  }

  UpstreamMeters meters() {
    return meters;
  }

  Targets targets() {
    return targets;
  }

  Dialer dialer() {
    return dialer;
  }

  /** How many are open, or asked for. */
  AtomicInteger sockets() {
    return sockets;
  }

  /** Whether silence can be a reason to go to another target. */
  boolean isWatched() {
    return targets.isSeveral() && !settings.ejection().silence().isZero();
  }

  private void ejected(Target target, Reason reason) {
    meters.ejected(target, reason);
    if (reason == Reason.SILENCE) pools.values().forEach(pool -> pool.silent(target));
  }

  private void undeploy(String id) {
    if (id != null) vertx.undeploy(id);
  }

  private void finish() {
    dialer.close();
    closed.tryComplete();
  }
}
