package dev.sluice.app;

import dev.sluice.cache.Cache;
import dev.sluice.guard.idempotency.Idempotency;
import dev.sluice.guard.limit.Tallies;
import dev.sluice.identity.Identity;
import dev.sluice.identity.token.Accounts;
import dev.sluice.job.Jobs;
import dev.sluice.observe.Metrics;
import dev.sluice.push.Pushes;
import dev.sluice.realtime.channel.Channels;
import dev.sluice.store.Stores;
import dev.sluice.webhook.Webhooks;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/** What calls pass and apps use, for the gateway's whole life. */
public record Stations(
    Cache cache,
    Identity identity,
    Tallies tallies,
    Interceptors interceptors,
    Idempotency idempotency,
    Jobs jobs,
    PutOff putOff,
    Webhooks webhooks,
    Channels channels,
    Pushes pushes,
    Stores stores,
    AppSettings settings,
    Metrics metrics) {

  /**
   * Calls that are put off, done by whoever is the engine then.
   *
   * @param accounts for whom tokens stand then
   */
  public static PutOff putOff(
      Vertx vertx, Jobs jobs, Stores stores, Supplier<Accounts> accounts, Supplier<Engine> engine) {
    return new PutOff(vertx, jobs, new Asker.Desk(stores::secrets, accounts), engine);
  }
}
