package dev.sluice.realtime.channel;

import dev.sluice.call.Failure;
import dev.sluice.realtime.channel.Channels.Asked;
import dev.sluice.realtime.channel.Channels.Join;
import dev.sluice.realtime.channel.Channels.Joined;
import dev.sluice.realtime.channel.Channels.Look;
import dev.sluice.realtime.channel.Channels.Page;
import dev.sluice.realtime.channel.Channels.Part;
import dev.sluice.realtime.channel.Channels.Present;
import dev.sluice.realtime.channel.Channels.Publish;
import dev.sluice.realtime.channel.Channels.Published;
import dev.sluice.realtime.channel.Channels.Read;
import dev.sluice.store.RedisUnavailable;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A shard: owns the channels whose names hash to it, and knows which event loops hear them. */
final class SignalVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(SignalVerticle.class);

  private final int shard;
  private final Channels channels;
  private final History history;
  private final Presence presence;
  private final Queue publishing = new Queue();
  private final Map<String, BitSet> listening = new HashMap<>(); // the event loops, by channel
  private final Map<Read, Future<Page>> reading = new HashMap<>();
  private final Map<String, Future<EventId>> asking = new HashMap<>();

  SignalVerticle(int shard, Channels channels, History history) {
    this.shard = shard;
    this.channels = channels;
    this.history = history;
    this.presence =
        new Presence(
            history.redis(),
            (channel, told) ->
                history.tell(
                    new ChannelEvent(
                        channel,
                        null,
                        told.type(),
                        told.data().encode(),
                        null,
                        System.currentTimeMillis())));
  }

  @Override
  public Future<?> start() {
    List<Future<?>> ready = new ArrayList<>();
    ready.add(Channels.PUBLISH.at(shard).serve(vertx, this::publish).completion());
    ready.add(Channels.JOIN.at(shard).serve(vertx, this::join).completion());
    ready.add(Channels.READ.at(shard).serve(vertx, this::read).completion());
    ready.add(Channels.PRESENT.at(shard).serve(vertx, this::present).completion());
    presence.begin(vertx);
    Channels.attendance(shard)
        .listen(
            vertx,
            one -> {
              if (one.enters()) presence.enter(one.channel(), one.user(), one.seen());
              else presence.exit(one.channel(), one.user());
            });
    Channels.parting(shard).listen(vertx, this::part);
    for (int part = shard; part < History.PARTS; part += channels.shards()) {
      ready.add(history.listen(part, this::tell));
    }
    if (shard == 0) history.redis().onAvailable(() -> Channels.LOOK.publish(vertx, new Look()));
    return Future.all(ready);
  }

  private Future<Published> publish(Publish asked) {
    return publishing.add(asked.data().length(), () -> add(asked));
  }

  /**
   * While Redis is away, this node's own listeners are told, and nobody else; but not where it goes
   * away meanwhile: it may have told them.
   */
  private Future<Published> add(Publish asked) {
    long at = System.currentTimeMillis();
    if (history.redis().available()) {
      return history.add(asked, at).recover(SignalVerticle::unknown).map(Published::new);
    }
    LOG.debug("Redis is away: an event of {} is told here alone", asked.channel());
    tell(new ChannelEvent(asked.channel(), null, asked.type(), asked.data(), asked.from(), at));
    return Future.succeededFuture(new Published(null));
  }

  private void tell(ChannelEvent event) {
    BitSet loops = listening.get(event.channel());
    if (loops == null) return;
    loops.stream().forEach(loop -> Channels.delivery(loop).publish(vertx, event));
  }

  /** What is told from now on reaches that event loop; what was told before is in the history. */
  private Future<Joined> join(Join asked) {
    listening.computeIfAbsent(asked.channel(), c -> new BitSet()).set(asked.loop());
    Future<EventId> last =
        asking.computeIfAbsent(
            asked.channel(),
            channel ->
                history
                    .last(channel)
                    .onComplete(done -> vertx.runOnContext(v -> asking.remove(channel))));
    return last.recover(e -> away(e, null)).map(Joined::new);
  }

  private void part(Part asked) {
    BitSet loops = listening.get(asked.channel());
    if (loops == null) return;
    loops.clear(asked.loop());
    if (loops.isEmpty()) listening.remove(asked.channel());
  }

  /** Those who have missed the same read it together. */
  private Future<Page> read(Read asked) {
    Future<Page> read =
        reading.computeIfAbsent(
            asked,
            r ->
                history
                    .after(r.channel(), r.after(), r.count())
                    .onComplete(done -> vertx.runOnContext(v -> reading.remove(r))));
    return read.recover(SignalVerticle::unknown);
  }

  private Future<Present> present(Asked asked) {
    return presence.present(asked.channel()).recover(SignalVerticle::unknown).map(Present::new);
  }

  private static <T> Future<T> unknown(Throwable cause) {
    return Future.failedFuture(
        cause instanceof RedisUnavailable
            ? Failure.unavailable("REDIS_AWAY", "Redis is away, and what it would do is not known.")
            : cause);
  }

  private static <T> Future<T> away(Throwable cause, T instead) {
    return cause instanceof RedisUnavailable
        ? Future.succeededFuture(instead)
        : Future.failedFuture(cause);
  }
}
