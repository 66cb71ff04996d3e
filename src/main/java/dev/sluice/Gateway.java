package dev.sluice;

import dev.sluice.app.App;
import dev.sluice.app.AppVerticle;
import dev.sluice.app.BusDoorVerticle;
import dev.sluice.app.Engine;
import dev.sluice.app.studio.Studio;
import dev.sluice.bus.RecordCodec;
import dev.sluice.cache.Cache;
import dev.sluice.cache.RedisCache;
import dev.sluice.cache.SharedCache;
import dev.sluice.contract.Contract;
import dev.sluice.guard.Limits;
import dev.sluice.http.HttpDoor;
import dev.sluice.observe.AccessLog;
import dev.sluice.observe.Health;
import dev.sluice.observe.Health.Status;
import dev.sluice.observe.Metrics;
import dev.sluice.observe.Tracing;
import dev.sluice.provider.Providers;
import dev.sluice.provider.Traffic;
import dev.sluice.provider.Upstream;
import dev.sluice.provider.twitch.TwitchUpstream;
import dev.sluice.store.Stores;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The wiring: which apps and upstreams there are, in what order all starts, and how it ends. */
public final class Gateway {
  private static final long SWEEP_MILLIS = 60_000;

  /** What can be mounted: apps, of which the configuration chooses, and upstreams. */
  public record Mounts(List<App> apps, Map<Upstream, Traffic> upstreams) {

    /** THE lists: a new app is one line here, a new provider is one line here. */
    public static Mounts standard(Settings settings) {
      List<App> apps = List.of(new Studio());
      Map<Upstream, Traffic> upstreams = new LinkedHashMap<>();
      Settings.Providers providers = settings.providers();
      upstreams.put(new TwitchUpstream(providers.twitch()), providers.twitch().traffic());
      return new Mounts(apps, upstreams);
    }

    /** The providers that cannot be asked, each with the setting it lacks. */
    List<String> unconfigured() {
      return upstreams.keySet().stream()
          .filter(upstream -> upstream.missingSetting() != null)
          .map(upstream -> upstream.name() + " lacks " + upstream.missingSetting())
          .toList();
    }
  }

  private final Settings settings;
  private final Mounts mounts;
  private final Contract contract;
  private final Tracing tracing;
  private final Vertx vertx;
  private final AccessLog accessLog;
  private final Metrics metrics = new Metrics();
  private final Health health = new Health();
  private final List<App> apps;
  private Stores stores;
  private HttpDoor door;

  private Gateway(Settings settings, Mounts mounts) {
    this.settings = settings;
    this.mounts = mounts;
    this.apps = Contracts.choose(settings.apps(), mounts.apps());
    this.contract = Contracts.of(apps, settings.limits().keySet());
    this.tracing = Tracing.to(settings.observe()).orElse(null);
    VertxBuilder builder = Vertx.builder().withTransport(HttpDoor.transport(settings.server()));
    if (tracing != null) builder.withTracer(tracing.factory());
    this.vertx = builder.build();
    boolean logs = settings.observe().accessLog();
    this.accessLog = logs ? new AccessLog(new FileOutputStream(FileDescriptor.out)) : null;
    RecordCodec.register(vertx);
  }

  /**
   * Starts a gateway. Throws or fails with a message for a person; nothing is left running then.
   */
  public static Future<Gateway> start(Settings settings, Mounts mounts) {
    Gateway gateway = new Gateway(settings, mounts);
    Promise<Gateway> started = Promise.promise(); // of no event loop: a failed start ends them all
    gateway
        .open()
        .onSuccess(opened -> started.complete(gateway))
        .onFailure(e -> gateway.close().onComplete(closed -> started.fail(e)));
    return started.future();
  }

  /** The contract of what would be mounted. Throws InvalidConfiguration. */
  public static Contract check(Settings settings) {
    List<App> apps = Contracts.choose(settings.apps(), Mounts.standard(settings).apps());
    return Contracts.of(apps, settings.limits().keySet());
  }

  private Future<?> open() {
    return Stores.open(vertx, settings.store(), Path.of(settings.data()), new StoreMeters(metrics))
        .onSuccess(opened -> stores = opened)
        .compose(opened -> migrate())
        .compose(migrated -> mount());
  }

  private Future<?> migrate() {
    metrics.gauge(
        "db.connection.pool.size", "Connections to PostgreSQL", stores.database()::poolSize);
    health.add("postgres", () -> stores.database().ping().map(up -> up ? Status.UP : Status.DOWN));
    health.add(
        "redis",
        () -> Future.succeededFuture(stores.redis().available() ? Status.UP : Status.DEGRADED));
    List<Future<Void>> migrated = new ArrayList<>();
    for (App app : apps) {
      String location = "apps/" + app.name() + "/db";
      if (Gateway.class.getResource("/" + location) != null) {
        migrated.add(stores.database().migrate(app.name(), location));
      }
    }
    return Future.all(migrated);
  }

  /** From the bottom of the house to its door. */
  private Future<?> mount() {
    SharedCache shared =
        settings.cache().shared() ? new RedisCache(stores.redis()) : SharedCache.NONE;
    Cache cache = new Cache(vertx, contract, settings.cache(), shared, metrics);
    Engine engine = new Engine(vertx, contract, cache);
    Limits limits = new Limits(settings.limits());
    vertx.setPeriodic(SWEEP_MILLIS, t -> limits.sweep());
    List<Future<?>> inside = new ArrayList<>();
    mounts
        .upstreams()
        .forEach((u, t) -> inside.add(Providers.deploy(vertx, u, t, metrics, health)));
    apps.forEach(app -> inside.add(vertx.deployVerticle(new AppVerticle(app, engine))));
    inside.add(cache.start());
    inside.add(vertx.deployVerticle(new BusDoorVerticle(engine)));
    HttpDoor.Forwarding forwarding =
        new HttpDoor.Forwarding(settings.routes(), settings.upstreams());
    HttpDoor.Outlook outlook = new HttpDoor.Outlook(metrics, accessLog, health, Main.version());
    return Future.all(inside)
        .compose(
            ready ->
                HttpDoor.open(
                    vertx,
                    settings.server(),
                    new HttpDoor.Inside(engine, cache, limits, forwarding),
                    outlook))
        .onSuccess(opened -> door = opened);
  }

  /** The port of the HTTP door. */
  public int port() {
    return door.port();
  }

  /** The port of the HTTP door for TLS; 0 without. */
  public int tlsPort() {
    return door.tlsPort();
  }

  /**
   * Reads the files of the door's certificate anew. Fails with a message for a person where they
   * are no good; the certificate before stays in use.
   */
  public Future<Void> reloadCertificates() {
    return door.reloadCertificates();
  }

  /** For sibling verticles, and tests that look inside. */
  public Vertx vertx() {
    return vertx;
  }

  /** Takes nothing new, lets what is under way finish, and closes from the door down. */
  public Future<Void> close() {
    health.drain();
    Future<Void> drained = door == null ? Future.succeededFuture() : door.drain();
    Promise<Void> closed = Promise.promise(); // of no event loop: this outlives them
    drained
        .transform(done -> stores == null ? Future.succeededFuture() : stores.close())
        .onComplete(done -> vertx.close().onComplete(ended -> finish(closed)));
    return closed.future();
  }

  private void finish(Promise<Void> closed) {
    if (tracing != null) tracing.close();
    if (accessLog != null) accessLog.close();
    metrics.close();
    closed.complete();
  }
}
