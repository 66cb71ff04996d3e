package dev.sluice.provider;

import dev.sluice.bus.Address;
import dev.sluice.call.Call;
import dev.sluice.call.Reply;
import dev.sluice.observe.Health;
import dev.sluice.observe.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The door to the providers: each answers calls at its address, in its own operations' names. */
public final class Providers {
  private final Vertx vertx;
  private final Metrics metrics;
  private final Health health;
  private final Map<String, ProviderVerticle> verticles = new ConcurrentHashMap<>();
  private volatile Set<String> wanted = Set.of();
  private final Map<String, String> deployments = new ConcurrentHashMap<>();

  public Providers(Vertx vertx, Metrics metrics, Health health) {
    this.vertx = vertx;
    this.metrics = metrics;
    this.health = health;
  }

  /** Where a provider answers. */
  public static Address<Call, Reply> address(String provider) {
    return Address.local("provider." + provider, Call.class, Reply.class);
  }

  /** Starts the verticle that owns one upstream; its component of the health has its name. */
  public Future<String> deploy(Upstream upstream, Traffic traffic) {
    ProviderVerticle verticle = new ProviderVerticle(upstream, traffic, metrics);
    verticles.put(upstream.name(), verticle);
    health.add(upstream.name(), () -> Future.succeededFuture(verticle.status()));
    return vertx
        .deployVerticle(verticle)
        .onSuccess(id -> deployments.put(upstream.name(), id))
        .onFailure(e -> end(upstream.name()));
  }

  /** Another way to ask a provider, ready to be used or dropped. */
  public static final class Prepared {
    private final ProviderVerticle verticle;
    private final Station station;
    private final Runnable end;

    private Prepared(ProviderVerticle verticle, Station station, Runnable end) {
      this.verticle = verticle;
      this.station = station;
      this.end = end;
    }

    /** From now on; what is asked already goes on as it began, for {@code drain} at most. */
    public void use(Duration drain) {
      if (station != null) verticle.use(station, drain);
    }

    /** It is not wanted after all. */
    public void drop() {
      if (station == null) end.run();
      else verticle.drop(station);
    }
  }

  /**
   * Makes another way ready to ask a provider that is deployed; nothing changes yet. One that is
   * not is deployed: nobody calls it before it is known.
   */
  public Future<Prepared> prepare(Upstream upstream, Traffic traffic) {
    String name = upstream.name();
    ProviderVerticle verticle = verticles.get(name);
    if (verticle == null) {
      return deploy(upstream, traffic).map(id -> new Prepared(null, null, () -> end(name)));
    }
    return verticle
        .prepare(upstream, traffic)
        .map(station -> new Prepared(verticle, station, () -> {}));
  }

  /** Ends all but these, each when what it has been asked can be answered. */
  public void keep(Set<String> names, Duration drain) {
    wanted = Set.copyOf(names);
    for (String name : Set.copyOf(verticles.keySet())) {
      if (names.contains(name)) continue;
      ProviderVerticle verticle = verticles.get(name);
      vertx.setTimer(
          Math.max(1, drain.toMillis()),
          t -> {
            if (verticles.get(name) == verticle && !wanted.contains(name)) end(name);
          });
    }
  }

  private void end(String name) {
    verticles.remove(name);
    health.remove(name);
    String id = deployments.remove(name);
    if (id != null) vertx.undeploy(id);
  }
}
