package dev.sluice.webhook;

import dev.sluice.bus.Event;
import dev.sluice.bus.EventPattern;
import dev.sluice.call.Failure;
import dev.sluice.call.Ids;
import dev.sluice.identity.Identity;
import dev.sluice.observe.Metrics;
import dev.sluice.outward.Locator;
import dev.sluice.outward.Names;
import dev.sluice.outward.Unfit;
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
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door to webhooks. One for the gateway's whole life; {@link #use} puts other settings in
 * place. Nothing is asked of the database before {@link #open}.
 */
public final class Webhooks {
  /** In which the tables are. */
  public static final String SCHEMA = "traffic";

  /** What is sealed in it. */
  public static final List<SealedColumn> SEALED = Subscriptions.SEALED;

  private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
  private static final long SWEEP_MILLIS = 60_000;

  private final Vertx vertx;
  private final Stores stores;
  private final Pool pool;
  private final Names names;
  private final WebhookMeters meters;
  private final Subscriptions webhooks;
  private final Deliveries deliveries;
  private final Owners owners;
  private volatile WebhookSettings settings;
  private volatile DeliveryVerticle verticle;
  private volatile boolean open;
  private long timer = -1;

  /** Kept in these stores, for these users. */
  public Webhooks(
      Vertx vertx, Stores stores, WebhookSettings settings, Metrics metrics, Identity identity) {
    this.vertx = vertx;
    this.stores = stores;
    this.settings = settings;
    this.owners = new Owners(identity);
    this.pool = stores.database().schema(SCHEMA);
    this.names = Names.of(vertx);
    this.meters = new WebhookMeters(metrics);
    this.webhooks = new Subscriptions(pool, stores.secrets());
    this.deliveries = new Deliveries(pool);
  }

  /**
   * A webhook that is wanted.
   *
   * @param everybody whether it is to hear of everybody's events; who may want that is for those
   *     who ask
   */
  public record Wish(
      String owner, String url, List<String> events, String description, boolean everybody) {}

  /** What is to be another: what is null stays. */
  public record Change(String url, List<String> events, String description, Boolean active) {}

  /** A webhook and the secret that is shown this once. */
  public record Sealed(Webhook webhook, String secret) {
    @Override
    public String toString() {
      return "Sealed[" + webhook.id() + "]";
    }
  }

  /** Begins to deliver, once its schema is there. */
  public synchronized Future<Void> open() {
    if (open) return Future.succeededFuture();
    open = true;
    Turns turns = new Turns(pool, webhooks);
    DeliveryVerticle delivering = new DeliveryVerticle(settings, turns, names, meters, owners);
    return vertx
        .deployVerticle(delivering)
        .onSuccess(deployed -> verticle = delivering)
        .compose(
            deployed ->
                stores
                    .database()
                    .listen(Outbox.CHANNEL, told -> delivering.wake(), delivering::wake))
        .onSuccess(listening -> timer = vertx.setPeriodic(SWEEP_MILLIS, t -> sweep()))
        .onFailure(e -> open = false);
  }

  /** Works by other settings from now on. */
  public void use(WebhookSettings next) {
    boolean same = next.equals(settings);
    settings = next;
    if (!same && verticle != null) verticle.use(next);
  }

  /** Waits a moment for what is under way; what is not done is done again after the next start. */
  public Future<Void> close() {
    if (!open || verticle == null) return Future.succeededFuture();
    vertx.cancelTimer(timer);
    return verticle.drain();
  }

  Future<Void> sweep() {
    return deliveries
        .sweep(settings.keep())
        .onFailure(e -> LOG.warn("deliveries not swept: {}", e.getMessage()));
  }

  /**
   * Tells an event to those webhooks that hear of it; done when that is sure to happen. How many
   * they are.
   */
  public Future<Integer> publish(Event event) {
    return publish(pool, event);
  }

  /** The same on somebody's connection, to happen if its transaction does. */
  public Future<Integer> publish(SqlClient client, Event event) {
    if (!open) return Future.succeededFuture(0);
    return Outbox.put(client, event, schedule());
  }

  private Schedule schedule() {
    return new Schedule(settings.schedule());
  }

  /** Fails with VALIDATION_ERROR, or TOO_MANY_WEBHOOKS. */
  public Future<Sealed> add(Wish wish) {
    check(wish.events());
    Secret secret = Secret.fresh();
    return lane(wish.url())
        .compose(host -> webhooks.add(wish, host, secret, settings.perUser()))
        .map(made -> new Sealed(made, secret.text()));
  }

  /** Newest first; of anybody where the owner is null. */
  public Future<List<Webhook>> list(String owner, Cursor after, int limit) {
    return webhooks.list(owner, after, limit);
  }

  /**
   * Fails with WEBHOOK_NOT_FOUND, here and below, where it is not this owner's; null is anybody.
   */
  public Future<Webhook> find(UUID id, String owner) {
    return webhooks.find(id, owner);
  }

  /** Fails with VALIDATION_ERROR, too. */
  public Future<Webhook> change(UUID id, String owner, Change change) {
    if (change.events() != null) check(change.events());
    Future<String> host = change.url() == null ? Future.succeededFuture() : lane(change.url());
    return host.compose(lane -> webhooks.change(id, owner, change, lane));
  }

  public Future<Void> remove(UUID id, String owner) {
    return webhooks.remove(id, owner);
  }

  /** Another secret; the one before signs, too, for so long, or as long as is usual where null. */
  public Future<Sealed> rotate(UUID id, String owner, Duration overlap) {
    Secret secret = Secret.fresh();
    return webhooks
        .rotate(id, owner, secret, overlap == null ? settings.overlap() : overlap)
        .map(webhook -> new Sealed(webhook, secret.text()));
  }

  /** Newest first; in any state where that is null. */
  public Future<List<Delivery>> deliveries(UUID webhook, String state, Cursor after, int limit) {
    return deliveries.list(webhook, state, after, limit);
  }

  /** Delivers it anew, under the same webhook-id. Fails with DELIVERY_NOT_FOUND or WEBHOOK_OFF. */
  public Future<Delivery> replay(Webhook webhook, UUID delivery) {
    if (!webhook.active()) return Future.failedFuture(Deliveries.off());
    return deliveries.replay(webhook.id(), delivery);
  }

  /** Sends it an event that says nothing. Fails with WEBHOOK_OFF. */
  public Future<Delivery> test(Webhook webhook) {
    Map<String, Object> data = Map.of("webhook", webhook.id().toString());
    Event event = new Event(Ids.next(), "webhook.test", webhook.owner(), data, Instant.now());
    return Outbox.put(pool, webhook.id(), event, Schedule.AT_ONCE)
        .compose(
            id ->
                id == null
                    ? Future.failedFuture(Deliveries.off())
                    : deliveries.find(webhook.id(), id));
  }

  /** Removes all of an owner's; how many of each thing. */
  public Future<Map<String, Long>> forget(String owner) {
    if (!open) return Future.succeededFuture(Map.of());
    return webhooks
        .forget(owner)
        .map(
            gone -> {
              Map<String, Long> rows = new TreeMap<>();
              if (gone[0] > 0) rows.put("webhooks", gone[0]);
              if (gone[1] > 0) rows.put("webhook_deliveries", gone[1]);
              return rows;
            });
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

  /** The host whose receivers are delivered to together. */
  private Future<String> lane(String url) {
    return new Locator(settings.reach(), names)
        .locate(url)
        .map(found -> found.endpoint().host())
        .recover(
            e ->
                Future.failedFuture(
                    e instanceof Unfit
                        ? Failure.invalid("url", e.getMessage(), null)
                            .suggest(
                                "Give one that all the world can reach; operators allow others by"
                                    + " webhooks.allow.")
                        : e));
  }
}
