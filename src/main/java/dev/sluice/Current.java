package dev.sluice;

import dev.sluice.app.App;
import dev.sluice.app.Engine;
import dev.sluice.cache.Cache;
import dev.sluice.contract.Contract;
import dev.sluice.guard.Limits;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the gateway works by at one time; a reload puts another in its place, with whatever of this
 * one stays true.
 *
 * @param settings of which a running gateway uses those that {@link Differences} takes for live
 * @param apps what is mounted
 */
record Current(Settings settings, List<App> apps, Contract contract, Engine engine, Limits limits) {

  static Current first(Settings settings, Gateway.Mounts mounts, Vertx vertx, Cache cache) {
    List<App> apps = Contracts.choose(settings.apps(), mounts.apps());
    Contract contract = Contracts.of(apps, settings.limits().keySet());
    Engine engine = new Engine(vertx, contract, cache);
    return new Current(settings, apps, contract, engine, new Limits(settings.limits()));
  }

  /** The one that follows. Throws {@link dev.sluice.conf.InvalidConfiguration}. */
  Current next(Settings then, Gateway.Mounts mounts, Vertx vertx, Cache cache) {
    List<App> chosen = Contracts.choose(then.apps(), mounts.apps());
    Contract read = Contracts.of(chosen, then.limits().keySet());
    boolean same = read.isSame(contract);
    Contract agreed = same ? contract : read;
    List<App> next = new ArrayList<>();
    for (App app : chosen) {
      Optional<App> known = apps.stream().filter(a -> a.name().equals(app.name())).findFirst();
      next.add(known.filter(a -> agreed.isSame(contract, a.name())).orElse(app));
    }
    Engine calls = same ? engine : new Engine(vertx, agreed, cache);
    return new Current(then, List.copyOf(next), agreed, calls, limits.next(then.limits()));
  }

  /** The apps that stand here and not there. */
  List<App> without(Current there) {
    return apps.stream().filter(app -> !there.apps.contains(app)).toList();
  }
}
