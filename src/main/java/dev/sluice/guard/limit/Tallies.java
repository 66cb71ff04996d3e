package dev.sluice.guard.limit;

import dev.sluice.observe.Metrics;
import dev.sluice.store.Redis;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that is counted; one for the gateway's whole life. */
public final class Tallies {
  private static final Logger LOG = LoggerFactory.getLogger(Tallies.class);
  private static final long SWEEP_MILLIS = 60_000;
  private static final String CLEARED = "sluice:limits:cleared";

  private final Vertx vertx;
  private final Redis redis; // null: this node is alone
  private final LimitMeters meters;
  private final RedisCounts counts;
  private final LongSupplier nanos;
  private final Map<String, Rule> rules = new ConcurrentHashMap<>();
  private long timer = -1;

  /** Shared with all nodes that use the same Redis. */
  public Tallies(Vertx vertx, Redis redis, Metrics metrics) {
    this.vertx = vertx;
    this.redis = redis;
    this.meters = new LimitMeters(metrics);
    this.counts = new RedisCounts(vertx, redis, meters, this::report);
    this.nanos = System::nanoTime;
  }

  /** Of this node alone, by a clock that does not go back. */
  Tallies(LongSupplier nanos) {
    this.vertx = null;
    this.redis = null;
    this.meters = new LimitMeters(new Metrics());
    this.counts = null;
    this.nanos = nanos;
  }

  /** Counts with the other nodes from now on. Never fails: without Redis it counts alone. */
  public Future<Void> open() {
    redis
        .subscribe(CLEARED, this::forget)
        .onFailure(e -> LOG.warn("cannot hear of limits that are cleared: {}", e.getMessage()));
    timer = vertx.setPeriodic(SWEEP_MILLIS, t -> rules.values().forEach(Rule::sweep));
    return counts.open();
  }

  public Future<Void> close() {
    vertx.cancelTimer(timer);
    return counts.close();
  }

  /** The rule of a quota; the one there was goes on counting. */
  Rule rule(String name, String kind, Quota quota) {
    String numbers = quota.requests() + "/" + quota.window().toMillis();
    String key = name + "/" + kind + "/" + numbers + ":";
    return rules.computeIfAbsent(
        key, k -> new Rule(name, k, quota, new Rule.Means(counted(), meters.refused(name), nanos)));
  }

  private Shared counted() {
    return counts == null ? Shared.NONE : counts;
  }

  /** Tells what was admitted while nobody could be asked. */
  private void report() {
    rules.values().forEach(Rule::report);
  }

  /** Only these rules are still of use. */
  void keep(List<Rule> those) {
    rules.values().retainAll(those);
  }

  Vertx vertx() {
    return vertx;
  }

  /** Whatever has been counted of a client, an address or a user, or of all: null, is forgotten. */
  public Future<Void> clear(String client) {
    List<String> keys = rules.keySet().stream().map(key -> key + client).toList();
    Future<Void> shared = client == null ? counts.dropAll() : counts.drop(keys);
    String told = new JsonObject().put("client", client).encode();
    forget(told);
    return shared
        .compose(done -> redis.send(Request.cmd(Command.PUBLISH).arg(CLEARED).arg(told)))
        .transform(
            done -> {
              if (done.failed()) LOG.warn("limits cleared on this node alone: Redis is away");
              return Future.succeededFuture();
            });
  }

  private void forget(String told) {
    String client = new JsonObject(told).getString("client");
    rules.values().forEach(rule -> forget(rule, client));
  }

  private static void forget(Rule rule, String client) {
    if (client == null) rule.forgetAll();
    else rule.forget(client);
  }
}
