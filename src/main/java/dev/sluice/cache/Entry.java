package dev.sluice.cache;

import dev.sluice.call.Body;
import dev.sluice.call.Cached;
import dev.sluice.call.Failure;
import dev.sluice.call.Gzip;
import dev.sluice.call.Headers;
import dev.sluice.call.JsonText;
import dev.sluice.call.Reply;
import dev.sluice.contract.CachePolicy;
import dev.sluice.contract.Policy;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A stored reply, or a stored 404: of an app the failure, of an upstream its reply. Everything but
 * the notes of who checked it is immutable.
 *
 * <p>Ages count from {@code storedAt}; fresh up to {@code ttl}, of any use up to {@code keep}.
 */
public final class Entry {
  private static final int OVERHEAD_BYTES = 400;

  /**
   * What of an entry leaves the JVM. Times in ms.
   *
   * @param open whether callers share it
   * @param guarded whether they must be known first: then it is for no cache beyond this one
   */
  record Stored(
      Reply reply,
      Failure.Facts notFound,
      long storedAt,
      long ttl,
      long maxAge,
      long keep,
      List<String> tags,
      long epoch,
      boolean open,
      boolean guarded) {}

  private final String key;
  private final Stored stored;
  private final String etag;
  private final String control;
  private volatile long checkedVersion = -1;
  private final AtomicBoolean gzipping = new AtomicBoolean();
  private volatile Buffer gzipped;
  private volatile Boolean json;
  private long refreshNotBefore;

  Entry(String key, Stored stored) {
    this.key = key;
    this.stored = stored;
    this.etag = stored.reply == null ? null : etag(stored.reply);
    String scope = stored.open && !stored.guarded ? "public" : "private";
    boolean revalidate = !stored.tags.isEmpty();
    this.control = scope + (revalidate ? ", no-cache" : ", max-age=" + stored.ttl / 1000);
  }

  static Entry of(String key, Reply reply, Policy whole, List<String> tags, long epoch) {
    CachePolicy policy = whole.cache();
    boolean found = reply.status() == 200;
    long ttl = (found ? policy.ttl() : policy.notFoundTtl()).toMillis();
    long maxAge = found ? policy.maxAge().toMillis() : ttl;
    long keep = found ? policy.keep().toMillis() : ttl;
    long now = System.currentTimeMillis();
    Reply bare = (whole.upstream() == null ? reply : untagged(reply)).cached(Cached.NONE);
    return new Entry(
        key,
        new Stored(
            bare,
            null,
            now,
            ttl,
            maxAge,
            keep,
            tags,
            epoch,
            policy.isPublic(),
            whole.access().takesTokens()));
  }

  static Entry notFound(String key, Failure failure, Policy whole, List<String> tags, long epoch) {
    CachePolicy policy = whole.cache();
    long ttl = policy.notFoundTtl().toMillis();
    long now = System.currentTimeMillis();
    return new Entry(
        key,
        new Stored(
            null,
            failure.facts(),
            now,
            ttl,
            ttl,
            ttl,
            tags,
            epoch,
            policy.isPublic(),
            whole.access().takesTokens()));
  }

  public String key() {
    return key;
  }

  Stored stored() {
    return stored;
  }

  /** The reply without what a door adds; null for a stored 404. */
  public Reply reply() {
    return stored.reply;
  }

  /** What an upstream calls its answer is not for us to judge. */
  private static Reply untagged(Reply reply) {
    Headers others = reply.headers().without("etag");
    return new Reply(reply.status(), others, reply.body(), reply.cached());
  }

  /** Its own, where it has one: an app may mean more by it than that the bytes are the same. */
  private static String etag(Reply reply) {
    String own = reply.etag();
    return own != null ? own : EntityTag.of(reply.body().bytes());
  }

  /** The strong entity tag of the identity representation. */
  public String etag() {
    return etag;
  }

  /** Whether it is a reply proper, and no stored 404. */
  boolean isFound() {
    return stored.reply != null && stored.reply.status() == 200;
  }

  public long ageMillis(long now) {
    return Math.max(0, now - stored.storedAt);
  }

  public boolean isFresh(long now) {
    return ageMillis(now) < stored.ttl;
  }

  /** Milliseconds of freshness left, negative once stale. */
  public long freshMillis(long now) {
    return stored.ttl - ageMillis(now);
  }

  boolean isWithinMaxAge(long now) {
    return ageMillis(now) < stored.maxAge;
  }

  /** Whether it may stand in for its origin. */
  boolean bridges(long now) {
    return isFound() && ageMillis(now) < stored.keep;
  }

  /** Whether none of its tags has been invalidated since it was made. */
  boolean isCurrent(Epochs epochs) {
    long version = epochs.version();
    if (version == checkedVersion) return true;
    if (epochs.of(stored.tags) > stored.epoch) return false;
    checkedVersion = version;
    return true;
  }

  /** What the origin answered, told as from this cache. */
  Future<Reply> outcome(String status, long now) {
    if (stored.reply == null) return Future.failedFuture(new Failure(stored.notFound));
    return Future.succeededFuture(
        stored.reply.cached(new Cached(status, etag, control(), ageMillis(now) / 1000)));
  }

  /**
   * The Cache-Control for clients. What tags can invalidate must be revalidated each time, which
   * the entity tag makes cheap; the rest may be kept for the time to live.
   */
  public String control() {
    return control;
  }

  /**
   * The body compressed, made at the first call. A large one is made aside, for that takes longer
   * than an event loop may: null until it is done. Any thread.
   */
  public Buffer gzipped() {
    Buffer bytes = gzipped;
    if (bytes != null) return bytes;
    Buffer plain = stored.reply.body().bytes();
    if (Gzip.isQuick(plain)) return gzipped = Gzip.compress(plain);
    if (gzipping.compareAndSet(false, true)) {
      ForkJoinPool.commonPool().execute(() -> gzipped = Gzip.compress(plain));
    }
    return null;
  }

  /** Whether its body is JSON that can stand within other JSON; found out at the first call. */
  public boolean isJson() {
    if (json == null) {
      Body body = stored.reply.body();
      json = Body.isJson(body.type()) && JsonText.isOne(body.bytes());
    }
    return json;
  }

  /** After a failed refresh the next one waits a little. Owning shard only. */
  boolean mayRefresh(long now) {
    return now >= refreshNotBefore;
  }

  void delayRefresh(long until) {
    refreshNotBefore = until;
  }

  /** What it weighs in the near cache, in bytes; a compressed copy counted in. */
  int weight() {
    int body = stored.reply == null ? 0 : stored.reply.body().bytes().length();
    return OVERHEAD_BYTES + key.length() * 2 + body + body / 2;
  }
}
