package dev.sluice;

import dev.sluice.app.App;
import dev.sluice.app.AppSettings;
import dev.sluice.app.Interceptors;
import dev.sluice.app.PutOff;
import dev.sluice.app.Stations;
import dev.sluice.cache.Cache;
import dev.sluice.cache.RedisCache;
import dev.sluice.cache.SharedCache;
import dev.sluice.cache.http.HttpCache;
import dev.sluice.guard.idempotency.Idempotency;
import dev.sluice.guard.limit.Tallies;
import dev.sluice.identity.Identity;
import dev.sluice.job.Jobs;
import dev.sluice.observe.Metrics;
import dev.sluice.outward.Standing;
import dev.sluice.push.Audience;
import dev.sluice.push.Pushes;
import dev.sluice.realtime.channel.Channels;
import dev.sluice.store.Stores;
import dev.sluice.webhook.Webhooks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What lasts for the gateway's whole life, whatever settings it works by at a time. */
final class Lasting {
  private final Stations stations;
  private final HttpCache stored;

  Lasting(
      Vertx vertx,
      Stores stores,
      Settings start,
      Metrics metrics,
      Interceptors interceptors,
      Supplier<Current> current) {
    SharedCache shared = start.cache().shared() ? new RedisCache(stores.redis()) : SharedCache.NONE;
    Cache cache = new Cache(vertx, start.cache(), shared, metrics);
    this.stored = new HttpCache(start.cache().http(), cache.groups(), metrics);
    Identity identity = new Identity(vertx, stores, start.identity(), Mounts.beside(start));
    Jobs jobs = new Jobs(vertx, stores.database(), start.jobs(), metrics);
    PutOff putOff =
        Stations.putOff(
            vertx,
            jobs,
            stores,
            () -> current.get().accounts(identity),
            () -> current.get().engine());
    jobs.serve(PutOff.KIND, putOff);
    Channels channels = new Channels(vertx, stores.redis(), start.channels());
    Audience audience = new Audience(new Standing(identity), channels::hears);
    this.stations =
        new Stations(
            cache,
            identity,
            new Tallies(vertx, stores.redis(), metrics),
            interceptors,
            new Idempotency(vertx, stores.database(), start.idempotency()),
            jobs,
            putOff,
            new Webhooks(vertx, stores, start.webhooks(), metrics, identity),
            channels,
            new Pushes(vertx, stores, start.push(), metrics, audience),
            stores,
            new AppSettings(sections(start)),
            metrics);
  }

  Stations stations() {
    return stations;
  }

  HttpCache stored() {
    return stored;
  }

  Identity identity() {
    return stations.identity();
  }

  /** Starts what needs no schema. */
  Future<?> begin() {
    return Future.all(
        stations.cache().start(), stations.tallies().open(), stations.channels().open());
  }

  /** Brings the schemas of these apps up to date, and has read what is kept in them. */
  Future<Void> prepare(List<App> those) {
    return migrate(those).compose(migrated -> open(those));
  }

  private Future<?> migrate(List<App> those) {
    List<Future<Void>> migrated = new ArrayList<>();
    for (App app : those) {
      String location = "apps/" + app.name() + "/db";
      if (Lasting.class.getResource("/" + location) != null) {
        migrated.add(stations.stores().database().migrate(app.name(), location));
      }
    }
    return Future.all(migrated);
  }

  private Future<Void> open(List<App> those) {
    if (has(those, Idempotency.SCHEMA)) stations.idempotency().open();
    return openIf(has(those, Identity.NAME), identity()::open)
        .compose(read -> openIf(has(those, Webhooks.SCHEMA), stations.webhooks()::open))
        .compose(open -> openIf(has(those, Pushes.SCHEMA), stations.pushes()::open));
  }

  /** Does what has been put off, once all is there that it may need. */
  Future<Void> work(List<App> those) {
    return openIf(has(those, Idempotency.SCHEMA), stations.jobs()::open);
  }

  private static Future<Void> openIf(boolean there, Supplier<Future<Void>> open) {
    return there ? open.get() : Future.succeededFuture();
  }

  private static boolean has(List<App> those, String name) {
    return those.stream().anyMatch(app -> app.name().equals(name));
  }

  /** Works by other settings from now on. */
  void use(Settings settings) {
    identity().use(settings.identity(), Mounts.beside(settings));
    stations.idempotency().use(settings.idempotency());
    stations.jobs().use(settings.jobs());
    stations.webhooks().use(settings.webhooks());
    stations.channels().use(settings.channels());
    stations.pushes().use(settings.push());
    stations.settings().use(sections(settings));
  }

  /** What is said for apps. */
  private static Record[] sections(Settings settings) {
    return new Record[] {
      settings.signaling(), settings.studio().saves(), settings.studio().notes()
    };
  }

  /** Takes no more work; done when what runs has ended, or waits again. */
  Future<Void> leave(Duration longest) {
    return stations.jobs().leave(longest);
  }

  /** Never fails. The stores are for those who opened them to close. */
  Future<Void> close() {
    stations.idempotency().close();
    return Future.join(stations.webhooks().close(), stations.pushes().close())
        .transform(done -> identity().close())
        .transform(done -> stations.tallies().close())
        .otherwiseEmpty();
  }
}
