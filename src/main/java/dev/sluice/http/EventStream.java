package dev.sluice.http;

import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.realtime.Envelope;
import dev.sluice.realtime.Sessions;
import dev.sluice.realtime.Watch;
import dev.sluice.realtime.channel.EventId;
import dev.sluice.realtime.channel.Feed;
import dev.sluice.realtime.channel.Subscription;
import dev.sluice.realtime.channel.Telling;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;

/**
 * One client's response whose body is events: {@code id}, by which it can be gone on with, and as
 * {@code data} what a socket of {@code {type, data}} would be sent. Comments show that it lives.
 */
final class EventStream implements Subscription.Listener, Sessions.Attended {
  private static final long HEARTBEAT = TimeUnit.SECONDS.toNanos(25);
  private static final Buffer BEGINNING = Buffer.buffer("retry: 3000\n\n");
  private static final Buffer COMMENT = Buffer.buffer(":\n\n");

  private final Exchange exchange;
  private final Responder responder;
  private final Watch watch;
  private final Subscription[] subscriptions; // null, where its time has not come
  private int heard;
  private long wroteAt = System.nanoTime();
  private boolean begun;
  private boolean over;

  EventStream(Exchange exchange, Responder responder, Standing standing, int channels) {
    this.exchange = exchange;
    this.responder = responder;
    this.watch = new Watch(standing, this::refuse);
    this.subscriptions = new Subscription[channels];
  }

  /** Hears a channel; done when it does. */
  Future<Void> hear(Feed feed, String channel, Caller caller, EventId after) {
    int place = heard++;
    return feed.subscribe(channel, caller, after, this)
        .map(
            made -> {
              subscriptions[place] = made;
              if (over) made.end();
              return null;
            });
  }

  void begin() {
    exchange.onGone(this::drop);
    if (over) {
      responder.gone(exchange);
      return;
    }
    responder.begin(exchange, "text/event-stream");
    exchange.outflow().onResume(this::resume);
    begun = true;
    write(BEGINNING.copy().appendString(id()).appendString("\n"));
    resume();
  }

  private void resume() {
    for (Subscription subscription : subscriptions) {
      if (!isFull()) subscription.drained();
    }
  }

  /** Where the client is, in all channels. */
  private String id() {
    StringBuilder id = new StringBuilder("id: ");
    for (int i = 0; i < subscriptions.length; i++) {
      EventId last = subscriptions[i].last();
      id.append(i == 0 ? "" : ",").append(last == null ? EventsDoor.UNKNOWN : last.toString());
    }
    return id.append("\n").toString();
  }

  @Override
  public boolean isFull() {
    return !begun || exchange.outflow().isFull();
  }

  @Override
  public void event(Subscription subscription, Telling telling) {
    if (over) return;
    if (subscriptions.length == 1 && telling.event().id() != null) {
      write(telling.block(Envelope.DATA::write));
    } else {
      write(Buffer.buffer(id() + "data: " + Envelope.DATA.write(telling.event()) + "\n\n"));
    }
  }

  @Override
  public void resync(Subscription subscription, EventId last) {
    JsonObject said = new JsonObject().put("channel", subscription.channel());
    String frame = Envelope.DATA.write("RESYNC", said.put("last", last.toString()), null);
    write(Buffer.buffer(id() + "data: " + frame + "\n\n"));
  }

  private void write(Buffer part) {
    if (over) return;
    wroteAt = System.nanoTime();
    exchange.outflow().write(part);
  }

  @Override
  public void tick(long now) {
    if (now - wroteAt > HEARTBEAT && !isFull()) write(COMMENT);
    watch.look();
  }

  /** It is told why, for a browser shows a page no status when it comes back in vain. */
  private void refuse(Failure refused) {
    Object said = Errors.error(refused, exchange.trace.requestId());
    if (begun) write(Buffer.buffer("data: " + Envelope.DATA.write("ERROR", said, null) + "\n\n"));
    end();
  }

  /** Its client comes back, and finds where to go on. */
  @Override
  public void goAway() {
    end();
  }

  private void end() {
    if (over) return;
    drop();
    exchange.end(null);
    responder.written(exchange);
  }

  /** There is no client any more. */
  void drop() {
    if (over) return;
    over = true;
    for (Subscription subscription : subscriptions) {
      if (subscription != null) subscription.end();
    }
    if (begun && exchange.isGone()) responder.written(exchange);
  }

  @Override
  public boolean isOver() {
    return over;
  }
}
