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
import java.util.concurrent.ConcurrentHashMap;

/** The door to the providers: each answers calls at its address, in its own operations' names. */
public final class Providers {
  private final Vertx vertx;
  private final Metrics metrics;
  private final Health health;
  private final Map<String, ProviderVerticle> verticles = new ConcurrentHashMap<>();

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
    return vertx.deployVerticle(verticle);
  }

  /** Another way to ask a provider, ready to be used or dropped. */
  public static final class Prepared {
    private final ProviderVerticle verticle;
    private final Station station;

    private Prepared(ProviderVerticle verticle, Station station) {
      this.verticle = verticle;
      this.station = station;
    }

    /** From now on; what is asked already goes on as it began, for {@code drain} at most. */
    public void use(Duration drain) {
      verticle.use(station, drain);
    }

    /** It is not wanted after all. */
    public void drop() {
      verticle.drop(station);
    }
  }

  /** Makes another way ready to ask a provider that is deployed; nothing changes yet. */
  public Future<Prepared> prepare(Upstream upstream, Traffic traffic) {
    ProviderVerticle verticle = verticles.get(upstream.name());
    return verticle.prepare(upstream, traffic).map(station -> new Prepared(verticle, station));
  }
}
