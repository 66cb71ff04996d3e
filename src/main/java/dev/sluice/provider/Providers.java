package dev.sluice.provider;

import dev.sluice.bus.Address;
import dev.sluice.call.Call;
import dev.sluice.call.Reply;
import dev.sluice.observe.Health;
import dev.sluice.observe.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** The door to the providers: each answers calls at its address, in its own operations' names. */
public final class Providers {
  private Providers() {}

  /** Where a provider answers. */
  public static Address<Call, Reply> address(String provider) {
    return Address.local("provider." + provider, Call.class, Reply.class);
  }

  /** Starts the verticle that owns one upstream; its component of {@code health} has its name. */
  public static Future<String> deploy(
      Vertx vertx, Upstream upstream, Traffic traffic, Metrics metrics, Health health) {
    ProviderVerticle verticle = new ProviderVerticle(upstream, traffic, metrics);
    health.add(upstream.name(), () -> Future.succeededFuture(verticle.status()));
    return vertx.deployVerticle(verticle);
  }
}
