package dev.sluice.cache;

import dev.sluice.bus.Cancel;
import dev.sluice.bus.Flows;
import dev.sluice.call.Cached;
import dev.sluice.call.Call;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Priority;
import dev.sluice.call.Reply;
import dev.sluice.contract.CachePolicy;
import dev.sluice.contract.CachePolicy.Strategy;
import dev.sluice.contract.Operation;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard: the one place where equal calls meet. A call is answered from the near cache, joins
 * the fetch that is under way for its key, or starts one; whoever joined gets the same outcome.
 */
final class CacheVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(CacheVerticle.class);
  private static final long REFRESH_PAUSE_MILLIS = 1000;
  private static final long PATIENCE_MILLIS = 1000;

  private final int shard;
  private final Cache cache;
  private final Map<String, Flight> flights = new HashMap<>();
  private final Map<String, Set<Flight>> flightsByCall = new HashMap<>();

  CacheVerticle(int shard, Cache cache) {
    this.shard = shard;
    this.cache = cache;
  }

  @Override
  public Future<?> start() {
    Cancel.TOPIC.listen(vertx, this::cancel);
    return Cache.SHARDS.at(shard).serve(vertx, this::lookup).completion();
  }

  private Future<Reply> lookup(Lookup lookup) {
    Operation operation = lookup.operation();
    Call call = lookup.call();
    String key = CacheKey.of(operation, call);
    long now = System.currentTimeMillis();
    Entry entry = cache.current(key);
    if (entry != null) {
      Future<Reply> answer = answerFrom(entry, operation, call, now);
      if (answer != null) return answer;
    }
    Flight underway = flights.get(key);
    if (underway != null && underway.isCurrent()) {
      if (underway.isSlow() && entry != null && entry.bridges(now)) return bridge(entry, now);
      cache.meters().collapsed();
      return underway.join(call, false);
    }
    Flight flight = new Flight(key, operation, call, entry, false);
    Future<Reply> joined = flight.join(call, true);
    flight.depart();
    return joined;
  }

  /** What the entry says where it may be used as it is; else null. */
  private Future<Reply> answerFrom(Entry entry, Operation operation, Call call, long now) {
    Strategy strategy = operation.policy().cache().strategy();
    if (strategy == Strategy.NETWORK_FIRST) return null;
    if (entry.isFresh(now)) return hit(entry, now);
    if (!serves(entry, strategy, now)) return null;
    if (!flights.containsKey(entry.key()) && entry.mayRefresh(now)) {
      new Flight(entry.key(), operation, call, entry, true).depart();
    }
    return hit(entry, now);
  }

  /** Whether a stale entry may be served while it is refreshed (RFC 5861 §3). */
  private static boolean serves(Entry entry, Strategy strategy, long now) {
    return strategy == Strategy.STALE_WHILE_REVALIDATE && entry.isWithinMaxAge(now);
  }

  /** A stale entry in place of an origin that fails, or takes too long over it (RFC 5861 §4). */
  private Future<Reply> bridge(Entry entry, long now) {
    cache.meters().bridged();
    return entry.outcome("fwd=stale; detail=stale-if-error", now);
  }

  private Future<Reply> hit(Entry entry, long now) {
    cache.meters().hit();
    return entry.outcome(hitStatus(entry, now), now);
  }

  /** RFC 9211 §2.2: the freshness left, negative once stale. */
  private static String hitStatus(Entry entry, long now) {
    return "hit; ttl=" + Math.floorDiv(entry.freshMillis(now), 1000L);
  }

  private void cancel(Cancel cancelled) {
    Set<Flight> joined = flightsByCall.remove(cancelled.id());
    if (joined != null) joined.forEach(flight -> flight.leave(cancelled.id()));
  }

  /** A fetch that is under way, and those who wait for it. */
  private final class Flight {
    private final String key;
    private final Operation operation;
    private final Call fetch;
    private final boolean background;
    private final List<String> tags;
    private final long epoch;
    private final Waiters waiters = new Waiters();
    private Entry stale;
    private boolean slow;
    private boolean landed;

    Flight(String key, Operation operation, Call call, Entry stale, boolean background) {
      this.key = key;
      this.operation = operation;
      Priority priority = background ? Priority.LOW : call.priority();
      this.fetch = call.detached(priority, Deadline.in(operation.policy().timeout()));
      this.stale = stale;
      this.background = background;
      this.tags = CacheKey.tags(policy().tags(), fetch);
      this.epoch = cache.epochs().of(tags);
    }

    private CachePolicy policy() {
      return operation.policy().cache();
    }

    /** Becomes the one fetch of its key, and asks the shared cache first. */
    void depart() {
      flights.put(key, this);
      boolean askShared = !background && policy().strategy() != Strategy.NETWORK_FIRST;
      Future<Entry> shared =
          askShared ? cache.shared().get(key, tags, cache.epochs()) : Future.succeededFuture(null);
      shared.onComplete(found -> proceed(found.succeeded() ? found.result() : null));
    }

    /** Whether what it fetches will be news: nobody joins a fetch older than an invalidation. */
    boolean isCurrent() {
      return cache.epochs().of(tags) <= epoch;
    }

    Future<Reply> join(Call call, boolean first) {
      flightsByCall.computeIfAbsent(call.id(), id -> new HashSet<>()).add(this);
      return waiters.add(call.id(), first);
    }

    /** A waiter's client is gone; the last one takes the fetch with it. */
    void leave(String callId) {
      waiters.remove(callId);
      if (landed || slow || background || !waiters.isEmpty()) return;
      land();
      Cancel.TOPIC.publish(vertx, new Cancel(fetch.id()));
    }

    /** Goes on with what the shared cache had, if anything: done, or on to the origin. */
    void proceed(Entry found) {
      if (landed) return;
      long now = System.currentTimeMillis();
      if (found != null && found.isCurrent(cache.epochs())) {
        cache.store(found);
        stale = found;
        if (found.isFresh(now) || serves(found, policy().strategy(), now)) {
          land();
          cache.meters().sharedHit();
          settle(first -> found.outcome(hitStatus(found, now) + "; detail=shared", now));
          if (!found.isFresh(now)) new Flight(key, operation, fetch, found, true).depart();
          return;
        }
      }
      boolean mayBridge = stale != null && stale.bridges(now);
      if (mayBridge && policy().strategy() != Strategy.NETWORK_FIRST) {
        vertx.setTimer(PATIENCE_MILLIS, t -> losePatience());
      }
      operation
          .origin()
          .ask(vertx, fetch, fetch.deadline())
          .onComplete(this::arrive, this::miscarry);
    }

    /** Who could have a stale answer does not wait for all the retries; the fetch goes on. */
    private void losePatience() {
      if (landed || background) return;
      slow = true;
      settle(first -> bridge(stale, System.currentTimeMillis()));
    }

    boolean isSlow() {
      return slow;
    }

    private void arrive(Reply reply) {
      if (reply.body().isStreamed()) { // there is one of it, and nobody knows how many wait
        LOG.error("{} is cached, and yet was answered with a stream", operation.id());
        Flows.drop(vertx, reply.body());
        miscarry(Failure.internal());
        return;
      }
      land();
      cache.meters().miss();
      boolean gone = reply.status() == 404 || reply.status() == 410;
      if (gone) forgetWhatWas();
      if (!reply.cached().mayStore(policy().isPublic())) {
        settle(first -> first ? Future.succeededFuture(notStored(reply)) : askAlone());
        return;
      }
      boolean kept = reply.status() == 200 || gone && !policy().notFoundTtl().isZero();
      if (!kept || reply.body().bytes().length() > cache.maxEntry()) {
        settle(first -> Future.succeededFuture(reply));
        return;
      }
      Entry entry = Entry.of(key, reply, operation.policy(), tags, epoch);
      if (isCurrent()) {
        cache.store(entry);
        cache.shared().put(entry);
      }
      long now = System.currentTimeMillis();
      String why = stale == null ? "fwd=uri-miss" : "fwd=stale";
      settle(first -> entry.outcome(first ? why + "; stored" : why + "; collapsed", now));
    }

    /** The origin wants it kept by nobody, whatever the policy says; Cache-Status tells. */
    private Reply notStored(Reply reply) {
      String control = reply.cached().control();
      return reply.cached(new Cached("fwd=uri-miss; detail=" + control, null, control, -1));
    }

    /** A reply for one is none for the others who waited for it (RFC 9111 §4). */
    private Future<Reply> askAlone() {
      Call own = fetch.detached(fetch.priority(), Deadline.in(operation.policy().timeout()));
      return operation.origin().ask(vertx, own, own.deadline()).map(this::notStored);
    }

    private void miscarry(Throwable cause) {
      land();
      Failure failure = Failure.from(cause);
      long now = System.currentTimeMillis();
      if (stale != null) stale.delayRefresh(now + REFRESH_PAUSE_MILLIS);
      if (bridges(failure, now)) {
        Entry entry = stale;
        settle(first -> bridge(entry, now));
        return;
      }
      cache.meters().miss();
      if (failure.category() == Failure.Category.NOT_FOUND) forget(failure);
      settle(first -> Future.failedFuture(failure));
    }

    /** It is gone: what we had of it may not stand in for it any more. */
    private void forget(Failure failure) {
      forgetWhatWas();
      if (!policy().notFoundTtl().isZero()) {
        cache.store(Entry.notFound(key, failure, operation.policy(), tags, epoch));
      }
    }

    private void forgetWhatWas() {
      cache.drop(key);
      if (stale != null) cache.shared().drop(key);
    }

    /** Whether what we have may stand in for a failing origin (RFC 5861 §4). */
    private boolean bridges(Failure failure, long now) {
      if (stale == null || !stale.bridges(now)) return false;
      return switch (failure.category()) {
        case UPSTREAM, SERVER, SERVICE_UNAVAILABLE -> true;
        default -> false;
      };
    }

    private void land() {
      landed = true;
      flights.remove(key, this);
    }

    private void settle(Function<Boolean, Future<Reply>> outcome) {
      forgetWaiters();
      waiters.settle(outcome);
    }

    private void forgetWaiters() {
      for (String callId : waiters.callIds()) {
        Set<Flight> joined = flightsByCall.get(callId);
        if (joined != null && joined.remove(this) && joined.isEmpty()) flightsByCall.remove(callId);
      }
    }
  }
}
