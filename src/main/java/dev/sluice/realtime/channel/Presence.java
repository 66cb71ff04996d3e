package dev.sluice.realtime.channel;

import dev.sluice.realtime.channel.ChannelKind.Seen;
import dev.sluice.store.Redis;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which users listen to the channels of one shard, on all nodes: {@code sluice:present:<channel>}
 * has the users, and {@code sluice:present:<channel> <user>} the nodes where each is, all with the
 * time until which that is believed. A node that dies is forgotten with its time.
 */
final class Presence {
  static final int MOST = 1000;

  private static final Logger LOG = LoggerFactory.getLogger(Presence.class);
  private static final String KEY = "sluice:present:";
  private static final long BELIEVED = 60_000;
  private static final long REFRESH = 20_000;
  private static final long SWEEP = 5_000;

  private static final String NOW =
      "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000) ";

  /** Gives 1 where the user was not there before. */
  private static final String ENTER =
      NOW
          + """
          redis.call('ZADD', KEYS[2], now + ARGV[3], ARGV[2])
          redis.call('PEXPIRE', KEYS[2], ARGV[3])
          local added = redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
          redis.call('PEXPIRE', KEYS[1], ARGV[3] * 10)
          return added
          """;

  /** Gives 1 where the user is nowhere any more. */
  private static final String EXIT =
      NOW
          + """
          redis.call('ZREM', KEYS[2], ARGV[2])
          redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
          if redis.call('ZCARD', KEYS[2]) > 0 then return 0 end
          return redis.call('ZREM', KEYS[1], ARGV[1])
          """;

  /** Takes out those that are not believed to be there any more, and gives them. */
  private static final String TAKE_LOST =
      NOW
          + """
          local lost = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 100)
          for _, user in ipairs(lost) do redis.call('ZREM', KEYS[1], user) end
          return lost
          """;

  private static final String PRESENT =
      NOW + "return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf', 'LIMIT', 0, ARGV[1])";

  private final Redis redis;
  private final BiFunction<String, Telling, Future<?>> tell;
  private final String node = UUID.randomUUID().toString();
  private final Map<String, Watched> channels = new HashMap<>();

  /** What is to be told of someone. */
  record Telling(String type, JsonObject data) {}

  /** The users on this node, by how many clients each has. */
  private record Watched(boolean shown, Map<String, Integer> users) {}

  Presence(Redis redis, BiFunction<String, Telling, Future<?>> tell) {
    this.redis = redis;
    this.tell = tell;
  }

  void begin(Vertx vertx) {
    vertx.setPeriodic(REFRESH, t -> refresh());
    vertx.setPeriodic(SWEEP, t -> channels.forEach(this::sweep));
    redis.onAvailable(this::refresh);
  }

  void enter(String channel, String user, Seen seen) {
    Watched watched =
        channels.computeIfAbsent(channel, c -> new Watched(seen == Seen.SHOWN, new HashMap<>()));
    if (watched.users.merge(user, 1, Integer::sum) > 1) return;
    redis
        .send(enter(channel, user))
        .onSuccess(added -> tell(watched, channel, user, added, "PRESENCE_JOINED"))
        .onFailure(e -> LOG.debug("presence is not known: {}", e.getMessage()));
  }

  private Request enter(String channel, String user) {
    return change(ENTER, channel, user).arg(BELIEVED);
  }

  private Request change(String script, String channel, String user) {
    String users = KEY + channel;
    return Request.cmd(Command.EVAL)
        .arg(script)
        .arg(2)
        .arg(users)
        .arg(users + " " + user)
        .arg(user)
        .arg(node);
  }

  void exit(String channel, String user) {
    Watched watched = channels.get(channel);
    if (watched == null) return;
    Integer left = watched.users.computeIfPresent(user, (u, n) -> n == 1 ? null : n - 1);
    if (left != null) return;
    if (watched.users.isEmpty()) channels.remove(channel);
    redis
        .send(change(EXIT, channel, user))
        .onSuccess(gone -> tell(watched, channel, user, gone, "PRESENCE_LEFT"))
        .onFailure(e -> LOG.debug("presence is not known: {}", e.getMessage()));
  }

  private void tell(Watched watched, String channel, String user, Response changed, String type) {
    if (watched.shown && changed.toInteger() == 1) tell(channel, user, type);
  }

  private void tell(String channel, String user, String type) {
    tell.apply(channel, new Telling(type, new JsonObject().put("user", user)))
        .onFailure(e -> LOG.warn("{} of {} is not told: {}", type, channel, e.getMessage()));
  }

  private void refresh() {
    List<Listening> all = new ArrayList<>();
    channels.forEach(
        (channel, watched) ->
            watched.users.keySet().forEach(user -> all.add(new Listening(channel, watched, user))));
    refresh(all, 0);
  }

  private record Listening(String channel, Watched watched, String user) {}

  /** Who was not known to be there, because Redis was away, is told of now. */
  private void refresh(List<Listening> all, int from) {
    List<Listening> some = all.subList(from, Math.min(all.size(), from + 500));
    if (some.isEmpty()) return;
    redis
        .batchPatiently(some.stream().map(one -> enter(one.channel, one.user)).toList())
        .onFailure(e -> LOG.debug("not refreshed: {}", e.getMessage()))
        .onSuccess(
            added -> {
              for (int i = 0; i < some.size(); i++) {
                Listening one = some.get(i);
                tell(one.watched, one.channel, one.user, added.get(i), "PRESENCE_JOINED");
              }
              refresh(all, from + some.size());
            });
  }

  private void sweep(String channel, Watched watched) {
    if (!watched.shown) return;
    redis
        .send(Request.cmd(Command.EVAL).arg(TAKE_LOST).arg(1).arg(KEY + channel))
        .onSuccess(lost -> lost.forEach(user -> tell(channel, user.toString(), "PRESENCE_LEFT")))
        .onFailure(e -> LOG.debug("not swept: {}", e.getMessage()));
  }

  /** Up to {@link #MOST} of those who are there. */
  Future<List<String>> present(String channel) {
    return redis
        .send(Request.cmd(Command.EVAL).arg(PRESENT).arg(1).arg(KEY + channel).arg(MOST))
        .map(
            all -> StreamSupport.stream(all.spliterator(), false).map(Response::toString).toList());
  }
}
