package dev.sluice.realtime.channel;

import dev.sluice.realtime.channel.Channels.Page;
import dev.sluice.realtime.channel.Channels.Publish;
import dev.sluice.store.Redis;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What was told to channels: a Redis Stream each, {@code sluice:channel:<name>}. Who adds to one
 * tells all nodes in the same step, on one of {@link #PARTS} Redis channels.
 */
final class History {
  static final int PARTS = 16;

  private static final String STREAM = "sluice:channel:";
  private static final String ONCE = "sluice:once:";
  private static final String TOLD = "sluice:told:";

  /**
   * Numbers an event, keeps it, and tells it, unless it has been told before. The epoch is the
   * clock where there is no history: later than any before. What the histories take in all is
   * counted, and those that have been quiet for longest go where that is too much.
   */
  private static final String ADD =
      """
      local before = KEYS[2] and redis.call('GET', KEYS[2])
      if before then return before end
      local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
      local id
      if newest[1] then
        local epoch, number = newest[1][1]:match('(%d+)-(%d+)')
        id = epoch .. '-' .. string.format('%.0f', tonumber(number) + 1)
      else
        local now = redis.call('TIME')
        id = now[1] .. string.format('%03d', math.floor(now[2] / 1000)) .. '-1'
      end
      redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], id, 't', ARGV[4], 'a', ARGV[5], 'd', ARGV[6], 'f', ARGV[8])
      redis.call('PEXPIRE', KEYS[1], ARGV[2])
      redis.call('PUBLISH', ARGV[3], ARGV[7] .. '\\n' .. id .. '\\n' .. ARGV[4] .. '\\n' .. ARGV[5] .. '\\n' .. ARGV[8] .. '\\n' .. ARGV[6])
      if KEYS[2] then redis.call('SET', KEYS[2], id, 'PX', ARGV[2]) end
      local sizes, times, total = 'sluice:channels:size', 'sluice:channels:at', 'sluice:channels:bytes'
      local function forget(name)
        local size = tonumber(redis.call('ZSCORE', sizes, name) or 0)
        redis.call('ZREM', sizes, name)
        redis.call('ZREM', times, name)
        return redis.call('DECRBY', total, size)
      end
      local size = redis.call('MEMORY', 'USAGE', KEYS[1], 'SAMPLES', 3)
      local before = tonumber(redis.call('ZSCORE', sizes, ARGV[7]) or 0)
      local bytes = redis.call('INCRBY', total, string.format('%.0f', size - before))
      redis.call('ZADD', sizes, size, ARGV[7])
      redis.call('ZADD', times, ARGV[5], ARGV[7])
      local old = redis.call('ZRANGEBYSCORE', times, '-inf', ARGV[5] - ARGV[2], 'LIMIT', 0, 5)
      for _, name in ipairs(old) do
        if redis.call('EXISTS', ARGV[10] .. name) == 0 then bytes = forget(name) end
      end
      while bytes > tonumber(ARGV[9]) do
        local oldest = redis.call('ZRANGE', times, 0, 0)[1]
        if not oldest or oldest == ARGV[7] then break end
        redis.call('DEL', ARGV[10] .. oldest)
        bytes = forget(oldest)
      end
      return id
      """;

  private final Redis redis;
  private final Supplier<ChannelSettings> settings;

  History(Redis redis, Supplier<ChannelSettings> settings) {
    this.redis = redis;
    this.settings = settings;
  }

  Redis redis() {
    return redis;
  }

  /** Keeps an event, and tells all nodes. */
  Future<EventId> add(Publish asked, long at) {
    ChannelSettings now = settings.get();
    String channel = asked.channel();
    Request add = Request.cmd(Command.EVAL).arg(ADD).arg(asked.once() == null ? 1 : 2);
    add.arg(STREAM + channel);
    if (asked.once() != null) add.arg(ONCE + channel + ":" + asked.once());
    add.arg(now.kept(asked.data().length()))
        .arg(now.keep().toMillis())
        .arg(TOLD + part(channel))
        .arg(asked.type())
        .arg(at)
        .arg(asked.data())
        .arg(channel)
        .arg(asked.from() == null ? "" : asked.from())
        .arg(now.memory().bytes())
        .arg(STREAM);
    return patiently(add).map(id -> EventId.parse(id.toString()));
  }

  /** Has a channel forgotten after a while. */
  Future<Void> expire(String channel, Duration after) {
    Request expire = Request.cmd(Command.PEXPIRE).arg(STREAM + channel).arg(after.toMillis());
    return redis.send(expire).mapEmpty();
  }

  /** The newest of a channel; {@link EventId#NONE} where there is none. */
  Future<EventId> last(String channel) {
    return patiently(newest(channel)).map(History::id);
  }

  private Future<Response> patiently(Request request) {
    return redis.batchPatiently(List.of(request)).map(answers -> answers.get(0));
  }

  private static Request newest(String channel) {
    return Request.cmd(Command.XREVRANGE)
        .arg(STREAM + channel)
        .arg("+")
        .arg("-")
        .arg("COUNT")
        .arg(1);
  }

  private static EventId id(Response entries) {
    return entries.size() == 0 ? EventId.NONE : EventId.parse(entries.get(0).get(0).toString());
  }

  /** Up to so many of those behind {@code after}. */
  Future<Page> after(String channel, EventId after, int count) {
    Request range =
        Request.cmd(Command.XRANGE)
            .arg(STREAM + channel)
            .arg(after.next().toString())
            .arg("+")
            .arg("COUNT")
            .arg(count);
    return redis
        .batchPatiently(List.of(range, newest(channel)))
        .map(
            answers -> {
              List<ChannelEvent> events = new ArrayList<>(answers.get(0).size());
              for (Response entry : answers.get(0)) events.add(event(channel, entry));
              EventId last = id(answers.get(1));
              EventId first = events.isEmpty() ? last.next() : events.get(0).id();
              return new Page(
                  events, last, !first.equals(after.next()) && !isBeginning(after, first));
            });
  }

  /** Whether one has heard nothing yet, and this is the very first. */
  private static boolean isBeginning(EventId after, EventId first) {
    return after.equals(EventId.NONE) && first.number() == 1;
  }

  private static ChannelEvent event(String channel, Response entry) {
    Response fields = entry.get(1);
    String type = "";
    String data = "null";
    String from = null;
    long at = 0;
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      String value = fields.get(i + 1).toString();
      switch (fields.get(i).toString()) {
        case "t" -> type = value;
        case "a" -> at = Long.parseLong(value);
        case "d" -> data = value;
        case "f" -> from = value;
        default -> {} // of a later version
      }
    }
    return new ChannelEvent(
        channel, EventId.parse(entry.get(0).toString()), type, data, user(from), at);
  }

  static int part(String channel) {
    return Math.floorMod(channel.hashCode() * 31, PARTS);
  }

  /** Hears what any node tells to the channels of one part. */
  Future<Void> listen(int part, Consumer<ChannelEvent> heard) {
    return redis.subscribe(TOLD + part, message -> heard.accept(parse(message)));
  }

  private static ChannelEvent parse(String message) {
    String[] words = message.split("\n", 6);
    EventId id = words[1].isEmpty() ? null : EventId.parse(words[1]);
    long at = Long.parseLong(words[3]);
    return new ChannelEvent(words[0], id, words[2], words[5], user(words[4]), at);
  }

  private static String user(String from) {
    return from == null || from.isEmpty() ? null : from;
  }

  /** Tells all nodes what is not worth keeping. */
  Future<?> tell(ChannelEvent event) {
    String message =
        String.join(
            "\n", event.channel(), "", event.type(), Long.toString(event.at()), "", event.data());
    return patiently(Request.cmd(Command.PUBLISH).arg(TOLD + part(event.channel())).arg(message));
  }
}
