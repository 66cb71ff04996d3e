package dev.sluice.guard.limit;

import dev.sluice.call.Ids;
import dev.sluice.store.Redis;
import dev.sluice.store.RedisUnavailable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts in Redis, by its clock: {@code sluice:limit:<rule><client>} is a hash of slots, each with
 * how many were granted in it; {@code sluice:nodes} has the nodes, by when they were last there.
 * Nobody waits longer than 20 ms; after one such wait none is asked for a while.
 */
final class RedisCounts implements Shared {
  private static final Logger LOG = LoggerFactory.getLogger(RedisCounts.class);
  static final String PREFIX = "sluice:limit:";

  private static final String NODES = "sluice:nodes";
  private static final int DEADLINE_MILLIS = 20;
  private static final long PAUSE_MILLIS = 250;
  private static final long BEAT_MILLIS = 1_000;
  private static final int GONE_SECONDS = 5;

  /**
   * Where the clock has gone back by less than a window, what is ahead of it counts until it has
   * caught up; by more, it is dropped, and the client may have its whole quota once more.
   */
  private static final String GRANT =
      """
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      local slots, limit, size = 32, tonumber(ARGV[1]), math.ceil(tonumber(ARGV[2]) / 32)
      local slot = math.floor(now / size)
      local all, old = redis.call('HGETALL', KEYS[1]), {}
      local used, oldest = 0, slot
      for i = 1, #all, 2 do
        local at = tonumber(all[i])
        if at < slot - slots or at > slot + slots then
          old[#old + 1] = all[i]
        else
          used = used + tonumber(all[i + 1])
          if at < oldest then oldest = at end
        end
      end
      if #old > 0 then redis.call('HDEL', KEYS[1], unpack(old)) end
      local since = tonumber(ARGV[5])
      local left = math.max(0, limit - used - since)
      local soon = math.min(tonumber(ARGV[4]), math.floor(left / (2 * tonumber(ARGV[6]))))
      local granted = math.min(left, math.max(tonumber(ARGV[3]), soon))
      if granted + since > 0 then
        redis.call('HINCRBY', KEYS[1], slot, granted + since)
        redis.call('PEXPIRE', KEYS[1], (slots + 2) * size)
      end
      return {granted, left - granted, (oldest + slots + 1) * size - now, (slot + 1) * size - now}
      """;

  private static final String BEAT =
      """
      local now = tonumber(redis.call('TIME')[1])
      redis.call('ZADD', KEYS[1], now, ARGV[1])
      redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
      redis.call('ZREMRANGEBYSCORE', KEYS[1], now + tonumber(ARGV[2]), '+inf')
      return redis.call('ZCARD', KEYS[1])
      """;

  private final Vertx vertx;
  private final Redis redis;
  private final String node;
  private final LimitMeters meters;
  private final Runnable back;
  private volatile int nodes = 1;
  private volatile boolean paused; // for it was late
  private long timer = -1;

  /** {@code back} is run when others can be asked again. */
  RedisCounts(Vertx vertx, Redis redis, LimitMeters meters, Runnable back) {
    this.vertx = vertx;
    this.redis = redis;
    this.node = Ids.next();
    this.meters = meters;
    this.back = back;
    meters.nodes(this);
  }

  /** Is one of the nodes from now on. Done when it knows of the others, or Redis is away. */
  Future<Void> open() {
    timer = vertx.setPeriodic(BEAT_MILLIS, t -> beat());
    redis.onAvailable(() -> beat().onSuccess(there -> back.run()));
    return beat();
  }

  private Future<Void> beat() {
    return redis
        .send(Request.cmd(Command.EVAL).arg(BEAT).arg(1).arg(NODES).arg(node).arg(GONE_SECONDS))
        .onSuccess(count -> nodes = Math.max(1, count.toInteger()))
        .transform(done -> Future.succeededFuture());
  }

  /** Is no node any more. */
  Future<Void> close() {
    vertx.cancelTimer(timer);
    return redis
        .send(Request.cmd(Command.ZREM).arg(NODES).arg(node))
        .transform(done -> Future.succeededFuture());
  }

  @Override
  public boolean isAvailable() {
    return !paused && redis.available();
  }

  @Override
  public int nodes() {
    return nodes;
  }

  @Override
  public Future<Lease> ask(String key, Quota quota, Wanted wanted) {
    return redis
        .batchPatiently(List.of(grant(key, quota, wanted))) // given up, it would be counted twice
        .map(told -> lease(told.get(0)))
        .onSuccess(lease -> paused = false); // late, but there
  }

  @Override
  public Future<Void> waited(Future<Lease> answer) {
    return answer
        .timeout(DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
        .onSuccess(lease -> meters.told())
        .onFailure(this::pause)
        .transform(done -> Future.succeededFuture());
  }

  private Request grant(String key, Quota quota, Wanted wanted) {
    return Request.cmd(Command.EVAL)
        .arg(GRANT)
        .arg(1)
        .arg(PREFIX + key)
        .arg(quota.requests())
        .arg(quota.window().toMillis())
        .arg(wanted.now())
        .arg(wanted.soon())
        .arg(wanted.since())
        .arg(nodes);
  }

  private void pause(Throwable away) {
    meters.away();
    paused = true;
    vertx.setTimer(
        PAUSE_MILLIS,
        t -> {
          paused = false;
          back.run();
        });
    boolean known = away instanceof RedisUnavailable || away instanceof TimeoutException;
    if (!known) LOG.warn("Redis does not count: {}", away.getMessage());
  }

  private static Lease lease(Response told) {
    return new Lease(
        told.get(0).toInteger(),
        told.get(1).toInteger(),
        told.get(2).toLong(),
        told.get(3).toLong());
  }

  /** Has these counted anew. */
  Future<Void> drop(List<String> keys) {
    if (keys.isEmpty()) return Future.succeededFuture();
    Request unlink = Request.cmd(Command.UNLINK);
    keys.forEach(key -> unlink.arg(PREFIX + key));
    return redis.send(unlink).mapEmpty();
  }

  /** Has all counted anew. */
  Future<Void> dropAll() {
    return dropFrom("0");
  }

  private Future<Void> dropFrom(String cursor) {
    return redis
        .send(
            Request.cmd(Command.SCAN)
                .arg(cursor)
                .arg("MATCH")
                .arg(PREFIX + "*")
                .arg("COUNT")
                .arg(1_000))
        .compose(
            page -> {
              List<String> keys = new ArrayList<>();
              page.get(1).forEach(key -> keys.add(key.toString().substring(PREFIX.length())));
              String next = page.get(0).toString();
              return drop(keys)
                  .compose(done -> next.equals("0") ? Future.succeededFuture() : dropFrom(next));
            });
  }
}
