package dev.sluice.realtime.channel;

import dev.sluice.call.Caller;
import dev.sluice.call.Deadline;
import dev.sluice.realtime.channel.ChannelKind.Seen;
import dev.sluice.realtime.channel.ChannelKind.Wish;
import dev.sluice.realtime.channel.Channels.Attend;
import dev.sluice.realtime.channel.Channels.Came;
import dev.sluice.realtime.channel.Channels.Join;
import dev.sluice.realtime.channel.Channels.Left;
import dev.sluice.realtime.channel.Channels.Page;
import dev.sluice.realtime.channel.Channels.Part;
import dev.sluice.realtime.channel.Channels.Read;
import dev.sluice.websocket.WebSocket;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The subscriptions of the clients of one event loop. */
public final class Feed {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final long AGAIN_MILLIS = 1000;

  private final Vertx vertx;
  private final Channels channels;
  private final WebSocket.Shared sockets;
  private final int loop;
  private final Map<String, Audience> audiences = new HashMap<>();
  private final List<ChannelEvent> came = new ArrayList<>();

  /** Those who hear a channel; the array is made anew when they have changed. */
  private static final class Audience {
    private final Set<Subscription> all = new LinkedHashSet<>();
    private Subscription[] current;

    void change() {
      current = null;
    }

    void tell(List<Telling> tellings, WebSocket.Shared sockets) {
      if (current == null) current = all.toArray(Subscription[]::new);
      for (Subscription subscription : current) {
        for (Telling telling : tellings) subscription.event(telling);
        sockets.flush();
      }
    }
  }

  /** One of the event loop that this is run on. */
  public Feed(Vertx vertx, Channels channels, WebSocket.Shared sockets) {
    this.vertx = vertx;
    this.sockets = sockets;
    this.channels = channels;
    this.loop = channels.nextLoop();
  }

  /** Hears of events from now on. */
  public void begin() {
    Channels.delivery(loop)
        .listen(
            vertx,
            event -> {
              if (came.isEmpty()) vertx.runOnContext(v -> tell());
              came.add(event);
            });
    Channels.LOOK.listen(
        vertx,
        look -> {
          for (Audience audience : List.copyOf(audiences.values())) {
            List.copyOf(audience.all).forEach(Subscription::look);
          }
        });
  }

  /** All that came in one moment, to one client after the other: each is sent it in one go. */
  private void tell() {
    Map<Audience, List<Telling>> told = new LinkedHashMap<>();
    for (ChannelEvent event : came) {
      Audience audience = audiences.get(event.channel());
      if (audience == null) continue;
      told.computeIfAbsent(audience, a -> new ArrayList<>()).add(new Telling(event));
    }
    came.clear();
    sockets.hold();
    try {
      told.forEach((audience, tellings) -> audience.tell(tellings, sockets));
    } finally {
      sockets.release();
    }
  }

  public Channels channels() {
    return channels;
  }

  /**
   * Has a client hear a channel; fails where it may not.
   *
   * @param after the event behind which it begins; null, with the next that comes
   */
  public Future<Subscription> subscribe(
      String channel, Caller caller, EventId after, Subscription.Listener listener) {
    return channels
        .admit(caller, channel, Wish.SUBSCRIBE)
        .compose(
            traits -> {
              Subscription made = new Subscription(this, channel, caller, traits, listener);
              add(made);
              return channels
                  .ask(Channels.JOIN, channel, new Join(channel, loop), Deadline.in(PATIENCE))
                  .onFailure(e -> made.end())
                  .map(
                      joined -> {
                        if (made.begin(after, joined.last())) attend(made, true);
                        return made;
                      });
            });
  }

  /** Those who see who is there, and the app whose channel it is, are told. */
  private void attend(Subscription one, boolean enters) {
    Seen seen = one.traits().presence();
    String user = one.caller().subject();
    if (seen != Seen.UNSEEN && user != null) {
      channels.attend(new Attend(one.channel(), user, seen, enters));
    }
    if (!one.traits().watched()) return;
    String kind = ChannelName.kind(one.channel());
    if (enters) {
      Channels.arrivals(kind).publish(vertx, new Came(one.caller(), one.channel()));
    } else if (!channels.isLeaving()) {
      Channels.departures(kind).publish(vertx, new Left(one.caller(), one.channel()));
    }
  }

  private void add(Subscription made) {
    Audience audience = audiences.computeIfAbsent(made.channel(), c -> new Audience());
    audience.all.add(made);
    audience.change();
  }

  void remove(Subscription gone) {
    Audience audience = audiences.get(gone.channel());
    if (audience == null || !audience.all.remove(gone)) return;
    audience.change();
    if (audience.all.isEmpty()) {
      audiences.remove(gone.channel());
      channels.part(new Part(gone.channel(), loop));
    }
    if (gone.hasBegun()) attend(gone, false);
  }

  Future<Page> read(String channel, EventId after, int count) {
    return channels.ask(
        Channels.READ, channel, new Read(channel, after, count), Deadline.in(PATIENCE));
  }

  /** For what could not be read just now. */
  void later(Runnable again) {
    vertx.setTimer(AGAIN_MILLIS, t -> again.run());
  }
}
