package dev.sluice.realtime.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.call.Peer;
import dev.sluice.conf.Size;
import dev.sluice.harness.Await;
import dev.sluice.harness.WithVertx;
import dev.sluice.realtime.channel.Channels.Joined;
import dev.sluice.realtime.channel.Channels.Page;
import dev.sluice.websocket.WebSocket;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(WithVertx.class)
class SubscriptionTest {
  private static final String CHANNEL = "chat:x";
  private static final EventId FIRST = new EventId(7, 1);
  private static final EventId SECOND = new EventId(7, 2);

  /** Redis can be too busy for one command without having been away: nobody calls to look then. */
  @Test
  void whatCouldNotBeReadIsReadLater(Vertx vertx) {
    AtomicInteger reads = new AtomicInteger();
    Channels channels = channels(vertx);
    for (int shard = 0; shard < channels.shards(); shard++) {
      Channels.JOIN.at(shard).serve(vertx, join -> Future.succeededFuture(new Joined(SECOND)));
      Channels.READ
          .at(shard)
          .serve(
              vertx,
              read ->
                  reads.incrementAndGet() == 1
                      ? Future.failedFuture(Failure.unavailable("REDIS_AWAY", "Busy."))
                      : Future.succeededFuture(page()));
    }
    Promise<Telling> heard = Promise.promise();
    Caller ada = Caller.of("ada", Set.of(), Set.of(), Peer.INSIDE);
    Await.result(
        Await.begun(
            vertx,
            () ->
                new Feed(vertx, channels, new WebSocket.Shared())
                    .subscribe(CHANNEL, ada, FIRST, listener(heard))));
    assertEquals(SECOND, Await.result(heard.future()).id());
    assertEquals(2, reads.get());
  }

  private static Channels channels(Vertx vertx) {
    ChannelSettings.Kind open = new ChannelSettings.Kind(List.of("*"), List.of(), false, false);
    return new Channels(
        vertx,
        null,
        new ChannelSettings(
            10,
            Size.parse("1MiB"),
            Size.parse("1MiB"),
            Duration.ofHours(1),
            Size.of(1000),
            Map.of("chat", open)));
  }

  private static Page page() {
    ChannelEvent event = new ChannelEvent(CHANNEL, SECOND, "SAID", "1", null, 0);
    return new Page(List.of(event), SECOND, false);
  }

  private static Subscription.Listener listener(Promise<Telling> heard) {
    return new Subscription.Listener() {
      @Override
      public boolean isFull() {
        return false;
      }

      @Override
      public void event(Subscription subscription, Telling telling) {
        heard.complete(telling);
      }

      @Override
      public void resync(Subscription subscription, EventId last) {
        heard.fail("nothing is lost");
      }
    };
  }
}
