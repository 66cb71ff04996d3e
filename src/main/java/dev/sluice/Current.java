package dev.sluice;

import dev.sluice.app.App;
import dev.sluice.app.Engine;
import dev.sluice.app.Stations;
import dev.sluice.contract.Contract;
import dev.sluice.contract.Operation;
import dev.sluice.guard.Limits;
import dev.sluice.identity.Identity;
import dev.sluice.identity.IdentitySettings;
import dev.sluice.identity.token.Accounts;
import dev.sluice.identity.token.Tokens;
import dev.sluice.provider.Traffic;
import dev.sluice.provider.Upstream;
import dev.sluice.upstream.UpstreamSettings;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the gateway works by at one time; a reload puts another in its place, with whatever of this
 * one stays true.
 *
 * @param settings of which a running gateway uses those that {@link Differences} takes for live
 * @param apps what is mounted; a document of the user's own is an app without handlers
 * @param origins who is asked over HTTP
 */
record Current(
    Settings settings,
    List<App> apps,
    Contract contract,
    Map<Upstream, Traffic> origins,
    Engine engine,
    Tokens tokens,
    Limits limits) {

  /** What it stands in. */
  record Surroundings(
      Mounts mounts, Vertx vertx, Stations stations, Function<String, List<String>> urls) {

    private Engine engine(Contract contract) {
      return new Engine(vertx, contract, stations);
    }

    /** The gateway's own tokens, too, where users are kept. */
    private Tokens.Taken taken(Settings settings) {
      IdentitySettings by = settings.identity();
      boolean kept = settings.apps().contains(Identity.NAME);
      return new Tokens.Taken(by.issuers(), by.leeway(), kept ? stations.identity().own(by) : null);
    }

    private Map<Upstream, Traffic> origins(Contract contract, Settings settings) {
      return Gateway.origins(contract, settings, mounts, urls);
    }
  }

  static Current first(Settings settings, Surroundings around) {
    List<App> apps = Contracts.choose(settings.apps(), around.mounts.apps());
    Contract contract = Contracts.of(apps, settings);
    return new Current(
        settings,
        withOwn(apps, contract),
        contract,
        around.origins(contract, settings),
        around.engine(contract),
        Tokens.of(around.vertx, around.taken(settings)),
        new Limits(settings.limits()));
  }

  /** The one that follows. Throws {@link dev.sluice.conf.InvalidConfiguration}. */
  Current next(Settings then, Surroundings around) {
    List<App> chosen = Contracts.choose(then.apps(), around.mounts.apps());
    Contract read = Contracts.of(chosen, then);
    boolean same = read.isSame(contract);
    Contract agreed = same ? contract : read;
    List<App> next = new ArrayList<>();
    for (App app : withOwn(chosen, agreed)) {
      Optional<App> known = apps.stream().filter(a -> a.name().equals(app.name())).findFirst();
      next.add(known.filter(a -> agreed.isSame(contract, a.name())).orElse(app));
    }
    Engine calls = same ? engine : around.engine(agreed);
    Limits counters = limits.next(then.limits());
    Map<Upstream, Traffic> asked = around.origins(agreed, then);
    Tokens whose = tokens.next(around.taken(then));
    return new Current(then, List.copyOf(next), agreed, asked, calls, whose, counters);
  }

  private static List<App> withOwn(List<App> apps, Contract contract) {
    List<App> all = new ArrayList<>(apps);
    Set<String> known = apps.stream().map(App::name).collect(Collectors.toSet());
    for (Operation operation : contract.operations()) {
      if (known.add(operation.app())) all.add(new OwnApi(operation.app()));
    }
    return all;
  }

  /** For whom tokens stand. */
  Accounts accounts(Identity identity) {
    return settings.apps().contains(Identity.NAME) ? identity.accounts() : Accounts.OF_TOKENS;
  }

  Set<String> originNames() {
    return origins.keySet().stream().map(Upstream::name).collect(Collectors.toSet());
  }

  /** Whether an upstream of operations is new, or is to be asked in another way than before. */
  boolean asksAnew(String origin, Current before) {
    if (!before.originNames().contains(origin)) return true;
    UpstreamSettings now = settings.upstreams().get(origin);
    if (now == null) return false; // a provider
    return contract != before.contract || !now.equals(before.settings.upstreams().get(origin));
  }

  /** The apps that stand here and not there. */
  List<App> without(Current there) {
    return apps.stream().filter(app -> !there.apps.contains(app)).toList();
  }
}
