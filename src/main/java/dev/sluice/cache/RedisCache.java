package dev.sluice.cache;

import dev.sluice.bus.Wire;
import dev.sluice.store.Redis;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The second level in Redis: {@code sluice:entry:<key>} is an entry in CBOR, {@code
 * sluice:tag:<tag>} a tag's epoch, and the channel {@code sluice:raised} tells nodes of new epochs.
 * What was raised while Redis was away is told when it is back.
 */
public final class RedisCache implements SharedCache {
  private static final Logger LOG = LoggerFactory.getLogger(RedisCache.class);
  private static final String ENTRY = "sluice:entry:";
  private static final String TAG = "sluice:tag:";
  private static final String RAISED = "sluice:raised";
  private static final long LONGEST = Duration.ofDays(30).toMillis();

  /** Sets an epoch unless a higher one is there, and tells the other nodes. */
  private static final String RAISE =
      "local old = tonumber(redis.call('GET', KEYS[1]) or '0') "
          + "if tonumber(ARGV[1]) > old then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end "
          + "redis.call('PUBLISH', ARGV[3], ARGV[1] .. ' ' .. ARGV[4]) return 1";

  private final Redis redis;
  private final Set<String> untold = ConcurrentHashMap.newKeySet();

  public RedisCache(Redis redis) {
    this.redis = redis;
  }

  @Override
  public void listen(Cache cache) {
    redis
        .subscribe(RAISED, message -> learn(message, cache.epochs()))
        .onFailure(e -> LOG.warn("cannot hear of other nodes' invalidations: {}", e.getMessage()));
    redis.onAvailable(
        () -> {
          cache.dropTagged();
          List<String> tags = List.copyOf(untold);
          untold.removeAll(tags);
          raised(tags, cache.epochs());
        });
  }

  @Override
  public Future<Entry> get(String key, List<String> tags, Epochs epochs) {
    List<Request> requests = new ArrayList<>(2);
    requests.add(Request.cmd(Command.GET).arg(ENTRY + key));
    if (!tags.isEmpty()) {
      Request mget = Request.cmd(Command.MGET);
      tags.forEach(tag -> mget.arg(TAG + tag));
      requests.add(mget);
    }
    return redis
        .batch(requests)
        .map(answers -> read(key, tags, answers, epochs))
        .otherwise(away -> null);
  }

  @Override
  public void put(Entry entry) {
    long keep = Math.min(LONGEST, entry.stored().keep());
    Request set =
        Request.cmd(Command.SET)
            .arg(ENTRY + entry.key())
            .arg(Buffer.buffer(Wire.encode(entry.stored())))
            .arg("PX")
            .arg(keep);
    redis.send(set).onFailure(away -> LOG.debug("entry not shared: {}", away.getMessage()));
  }

  @Override
  public void drop(String key) {
    redis
        .send(Request.cmd(Command.DEL).arg(ENTRY + key))
        .onFailure(away -> LOG.debug("entry not dropped: {}", away.getMessage()));
  }

  @Override
  public Future<Void> raised(List<String> tags, Epochs epochs) {
    if (tags.isEmpty()) return Future.succeededFuture();
    List<Request> requests = new ArrayList<>(tags.size());
    for (String tag : tags) {
      requests.add(
          Request.cmd(Command.EVAL)
              .arg(RAISE)
              .arg(1)
              .arg(TAG + tag)
              .arg(epochs.of(tag))
              .arg(LONGEST)
              .arg(RAISED)
              .arg(tag));
    }
    return redis
        .batch(requests)
        .<Void>mapEmpty()
        .recover(
            away -> {
              untold.addAll(tags);
              return Future.succeededFuture();
            });
  }

  private static Entry read(String key, List<String> tags, List<Response> answers, Epochs epochs) {
    for (int i = 0; i < tags.size(); i++) {
      Response epoch = answers.get(1).get(i);
      if (epoch != null) epochs.learn(tags.get(i), epoch.toLong());
    }
    Response bytes = answers.get(0);
    if (bytes == null) return null;
    try {
      return new Entry(key, Wire.decode(bytes.toBytes(), Entry.Stored.class));
    } catch (IllegalArgumentException e) {
      LOG.info("an entry of another version is left aside: {}", e.getMessage());
      return null;
    }
  }

  private static void learn(String message, Epochs epochs) {
    int space = message.indexOf(' ');
    if (space > 0) {
      epochs.learn(message.substring(space + 1), Long.parseLong(message.substring(0, space)));
    }
  }
}
