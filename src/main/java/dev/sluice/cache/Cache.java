package dev.sluice.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.bus.Address;
import dev.sluice.cache.http.Groups;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import dev.sluice.contract.Operation;
import dev.sluice.observe.Metrics;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/**
 * The door to the cache. Entries are read here from any thread; only the shard that owns a key
 * writes it, and only shards talk to origins.
 */
public final class Cache {
  static final Address<Lookup, Reply> SHARDS = Address.local("cache", Lookup.class, Reply.class);

  private final Vertx vertx;
  private final CacheSettings settings;
  private final SharedCache shared;
  private final CacheMeters meters;
  private final Epochs epochs = new Epochs();
  private final com.github.benmanes.caffeine.cache.Cache<String, Entry> near;
  private final int shards;

  public Cache(Vertx vertx, CacheSettings settings, SharedCache shared, Metrics metrics) {
    this.vertx = vertx;
    this.settings = settings;
    this.shared = shared;
    this.meters = new CacheMeters(metrics);
    this.shards = Math.max(2, Runtime.getRuntime().availableProcessors());
    this.near =
        Caffeine.newBuilder()
            .maximumWeight(settings.nearBytes().bytes())
            .weigher((String key, Entry entry) -> entry.weight())
            .build();
    metrics.gauge("cache.near.bytes", "Weight of the near cache", this::weight);
    metrics.gauge("cache.near.entries", "Entries of the near cache", near::estimatedSize);
  }

  /** Starts the shards. */
  public Future<?> start() {
    shared.listen(this);
    List<Future<String>> started = new ArrayList<>();
    for (int i = 0; i < shards; i++) {
      started.add(vertx.deployVerticle(new CacheVerticle(i, this), new DeploymentOptions()));
    }
    return Future.all(started);
  }

  /** Answers a cacheable call: from here where the entry is fresh, else through its shard. */
  public Future<Reply> lookup(Operation operation, Call call) {
    String key = CacheKey.of(operation, call);
    Address<Lookup, Reply> shard = SHARDS.at(Math.floorMod(key.hashCode(), shards));
    return shard.ask(vertx, new Lookup(operation, call), call.deadline());
  }

  /** A fresh entry that is a reply proper, or null. Any thread; takes no lock. */
  public Entry fresh(String key, long now) {
    Entry entry = near.getIfPresent(key);
    if (entry == null || !entry.isFound()) return null;
    return entry.isFresh(now) && entry.isCurrent(epochs) ? entry : null;
  }

  /**
   * Makes every entry with one of these tags stale: on this node when this returns, on the others
   * once the future is done. Never fails.
   */
  public Future<Void> invalidate(List<String> tags) {
    if (tags.isEmpty()) return Future.succeededFuture();
    tags.forEach(epochs::raise);
    return shared.raised(tags, epochs);
  }

  /** The tags' ages, as groups of HTTP responses (RFC 9875). */
  public Groups groups() {
    return new Groups() {
      @Override
      public long version() {
        return epochs.version();
      }

      @Override
      public long epoch(List<String> groups) {
        return epochs.of(groups);
      }

      @Override
      public void invalidate(List<String> groups) {
        Cache.this.invalidate(groups);
      }
    };
  }

  /** Counts a hit that was served without the shard. */
  public void countHit() {
    meters.hit();
  }

  Epochs epochs() {
    return epochs;
  }

  SharedCache shared() {
    return shared;
  }

  CacheMeters meters() {
    return meters;
  }

  long maxEntry() {
    return settings.maxEntry().bytes();
  }

  /** The entry under a key, stale or not, unless a tag of it has been invalidated. */
  Entry current(String key) {
    Entry entry = near.getIfPresent(key);
    return entry != null && entry.isCurrent(epochs) ? entry : null;
  }

  void store(Entry entry) {
    near.put(entry.key(), entry);
  }

  void drop(String key) {
    near.invalidate(key);
  }

  /** Invalidations may have been missed: what any could concern is asked for again. */
  void dropTagged() {
    near.asMap().values().removeIf(entry -> !entry.stored().tags().isEmpty());
  }

  static Failure cancelled() {
    return Failure.unavailable("CANCELLED", "The client went away.");
  }

  private long weight() {
    return near.policy().eviction().map(e -> e.weightedSize().orElse(0)).orElse(0L);
  }
}
