package dev.sluice.push;

import dev.sluice.bus.Event;
import dev.sluice.bus.EventPattern;
import dev.sluice.call.Failure;
import dev.sluice.call.Ids;
import dev.sluice.observe.Metrics;
import dev.sluice.outward.Locator;
import dev.sluice.outward.Names;
import dev.sluice.outward.Unfit;
import dev.sluice.push.PushMeters.Outcome;
import dev.sluice.store.SealedColumn;
import dev.sluice.store.Stores;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door to Web Push. One for the gateway's whole life; {@link #use} puts other settings in
 * place. Nothing is asked of the database before {@link #open}.
 */
public final class Pushes {
  /** In which the tables are. */
  public static final String SCHEMA = "push";

  /** What is sealed in it. */
  public static final List<SealedColumn> SEALED = List.of(ServerKeys.SEALED, Subscriptions.SEALED);

  private static final Logger LOG = LoggerFactory.getLogger(Pushes.class);
  private static final long SWEEP_MILLIS = 60_000;
  private static final Duration REMEMBERED = Duration.ofDays(1);

  private final Vertx vertx;
  private final Stores stores;
  private final Pool pool;
  private final Names names;
  private final Audience audience;
  private final PushMeters meters;
  private final Subscriptions subscriptions;
  private final Turns turns;
  private volatile PushSettings settings;
  private volatile ServerKey own;
  private volatile ServerKey key; // in use: that, or one of the settings
  private volatile PushVerticle verticle;
  private Future<Void> open;
  private long timer = -1;

  /** Kept in these stores, for these users. */
  public Pushes(
      Vertx vertx, Stores stores, PushSettings settings, Metrics metrics, Audience audience) {
    this.vertx = vertx;
    this.stores = stores;
    this.settings = settings;
    this.audience = audience;
    this.pool = stores.database().schema(SCHEMA);
    this.names = Names.of(vertx);
    this.meters = new PushMeters(metrics);
    this.subscriptions = new Subscriptions(pool, stores.secrets());
    this.turns = new Turns(pool, subscriptions);
  }

  /** Begins to send, once its schema is there. */
  public synchronized Future<Void> open() {
    if (open == null || open.failed()) open = begin();
    return open;
  }

  private Future<Void> begin() {
    return new ServerKeys(vertx, pool, stores.secrets())
        .own()
        .onSuccess(key -> own = key)
        .compose(key -> vertx.executeBlocking(this::way, false))
        .compose(
            way -> {
              PushVerticle sending = new PushVerticle(way, turns, names, audience, meters);
              return vertx.deployVerticle(sending).map(sending);
            })
        .compose(
            sending ->
                stores
                    .database()
                    .listen(Outbox.CHANNEL, told -> sending.wake(), sending::wake)
                    .onSuccess(listening -> verticle = sending))
        .onSuccess(listening -> timer = vertx.setPeriodic(SWEEP_MILLIS, t -> sweep()));
  }

  /** Works by other settings from now on; done when what is sent is, too. */
  public Future<Void> use(PushSettings next) {
    boolean same = next.equals(settings);
    settings = next;
    if (same || verticle == null) return Future.succeededFuture();
    return vertx
        .executeBlocking(this::way, false)
        .onSuccess(
            way -> {
              if (way.settings() == settings) verticle.use(way); // or there are others by now
            })
        .onFailure(e -> LOG.error("push goes on by the settings before", e))
        .mapEmpty();
  }

  /** Waits a moment for what is under way; what is not done is done again after the next start. */
  public Future<Void> close() {
    if (verticle == null) return Future.succeededFuture();
    vertx.cancelTimer(timer);
    return verticle.drain();
  }

  /** On a worker: to read a key pair takes some milliseconds. */
  private PushVerticle.Way way() {
    PushSettings by = settings;
    ServerKey given = by.key();
    key = given == null ? own : given;
    Vapid vapid = by.subject().isEmpty() ? null : new Vapid(key, by.subject());
    return new PushVerticle.Way(by, vapid);
  }

  Future<Void> sweep() {
    return subscriptions
        .sweep(settings.removeAfter())
        .onSuccess(meters::removed)
        .compose(gone -> turns.sweep(REMEMBERED))
        .onFailure(e -> LOG.warn("push subscriptions not swept: {}", e.getMessage()));
  }

  /**
   * Tells an event to those of its owner's browsers that hear of it, unless the owner is live; done
   * when that is sure to happen. How many they are.
   */
  public Future<Integer> publish(Event event) {
    return publish(pool, event);
  }

  /** The same on somebody's connection, to happen if its transaction does. */
  public Future<Integer> publish(SqlClient client, Event event) {
    if (verticle == null || event.owner() == null || settings.subject().isEmpty()) {
      return Future.succeededFuture(0);
    }
    return put(client, event, false);
  }

  private Future<Integer> put(SqlClient client, Event event, boolean anyway) {
    return Outbox.put(client, event, settings.of(event.type()), anyway)
        .onSuccess(
            put -> {
              meters.count(Outcome.DROPPED, put.crowded());
              meters.count(Outcome.REPLACED, put.replaced());
            })
        .map(Outbox.Put::made);
  }

  /**
   * The key that browsers are to subscribe for, in base64url. Fails with PROVIDER_NOT_CONFIGURED,
   * here and below, where there is no subject.
   */
  public String publicKey() {
    requireSubject();
    return key.publicKey();
  }

  /** Fails with VALIDATION_ERROR, too. The one that its user subscribed first may go for it. */
  public Future<Subscription> subscribe(Wish wish) {
    requireSubject();
    ClientKeys keys = keys(wish);
    check(wish.events());
    if (wish.expirationTime() != null && !wish.expirationTime().isAfter(Instant.now())) {
      throw Failure.invalid("expirationTime", "is over", wish.expirationTime().toEpochMilli())
          .suggest("Have the browser subscribe anew.");
    }
    return new Locator(settings.reach(), names)
        .locate(wish.endpoint())
        .recover(e -> Future.failedFuture(e instanceof Unfit ? unfit(e) : e))
        .compose(
            found -> {
              Target target = new Target(wish.endpoint(), found.endpoint().origin(), keys);
              String host = found.endpoint().host();
              return subscriptions.put(wish, target, host, settings.perUser());
            });
  }

  private static ClientKeys keys(Wish wish) {
    try {
      return ClientKeys.of(wish.p256dh(), wish.auth());
    } catch (IllegalArgumentException e) {
      String[] said = e.getMessage().split(" ", 2);
      throw Failure.invalid("keys." + said[0], said[1], null)
          .suggest("Send what the browser's subscription.toJSON() gives.");
    }
  }

  private static void check(List<String> events) {
    for (int i = 0; i < events.size(); i++) {
      try {
        EventPattern.pattern(events.get(i));
      } catch (IllegalArgumentException e) {
        throw Failure.invalid("events." + i, e.getMessage(), events.get(i))
            .suggest("Words are of a-z, 0-9, _ and -; * is one word, at the end one or more.");
      }
    }
  }

  private static Failure unfit(Throwable cause) {
    return Failure.invalid("endpoint", cause.getMessage(), null)
        .suggest("Push services are on https and public; operators allow others by push.allow.");
  }

  /** The one that was renewed last first. */
  public Future<List<Subscription>> list(String owner) {
    return subscriptions.list(owner);
  }

  /** Its id; fails with PUSH_SUBSCRIPTION_NOT_FOUND where it is not this owner's. */
  public Future<UUID> remove(String endpoint, String owner) {
    return subscriptions.remove(endpoint, owner);
  }

  /** Sends all of an owner's browsers an event that says nothing, though the owner be live. */
  public Future<Integer> test(String owner) {
    requireSubject();
    return put(pool, new Event(Ids.next(), "push.test", owner, Map.of(), Instant.now()), true);
  }

  /** Removes all of an owner's; how many of each thing. */
  public Future<Map<String, Long>> forget(String owner) {
    if (verticle == null) return Future.succeededFuture(Map.of());
    return subscriptions
        .forget(owner)
        .map(gone -> gone > 0 ? Map.of("push_subscriptions", gone) : Map.of());
  }

  private void requireSubject() {
    if (!settings.subject().isEmpty()) return;
    throw Failure.unavailable("PROVIDER_NOT_CONFIGURED", "This gateway sends no Web Push.")
        .suggest("The operator has to set push.subject, such as mailto:ops@example.com.");
  }
}
