package dev.sluice.realtime;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.realtime.channel.ChannelEvent;
import dev.sluice.realtime.channel.ChannelName;
import dev.sluice.realtime.channel.Channels;
import dev.sluice.realtime.channel.EventId;
import dev.sluice.realtime.channel.Feed;
import dev.sluice.realtime.channel.Subscription;
import dev.sluice.realtime.channel.Telling;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What one session hears: {@code SUBSCRIBE {channel, after}}, {@code UNSUBSCRIBE {channel}}, {@code
 * PUBLISH {channel, event, data}} and {@code PRESENCE {channel}}. Events come as frames of their
 * own types; {@code RESYNC {channel, last}} says that some are lost.
 */
public final class Subscriptions implements Subscription.Listener {
  private static final String CHANNEL = "channel";

  private final Session session;
  private final Feed feed;
  private final Function<ChannelEvent, String> written;
  private final Map<String, Future<Subscription>> all = new HashMap<>();

  public Subscriptions(Session session, Feed feed) {
    this.session = session;
    this.feed = feed;
    this.written = session.envelope()::write;
    session.onDrained(() -> all.values().forEach(s -> s.onSuccess(Subscription::drained)));
    session.onEnd(() -> List.copyOf(all.keySet()).forEach(this::end));
  }

  /** What it does, by the types of frames. */
  public Map<String, Session.Handler> handlers() {
    return Map.of(
        "SUBSCRIBE", (s, message) -> subscribe(message),
        "UNSUBSCRIBE", (s, message) -> unsubscribe(message),
        "PUBLISH", (s, message) -> publish(message),
        "PRESENCE", (s, message) -> presence(message));
  }

  private void subscribe(Message message) {
    Object after = message.content().getValue("after");
    if (after != null && !(after instanceof String))
      throw Failure.invalid("after", "must be an id", null);
    EventId from = after == null ? null : EventId.parse((String) after);
    String channel = channel(message);
    if (from != null) end(channel); // to begin anew behind it
    subscribe(channel, from)
        .onSuccess(
            made -> {
              JsonObject said = new JsonObject().put(CHANNEL, made.channel());
              if (made.last() != null) said.put("last", made.last().toString());
              session.send("SUBSCRIBED", said, message.requestId());
            })
        .onFailure(refused -> session.refuse(refused, message.requestId()));
  }

  /** Hears a channel from now on, or from behind an event. */
  public Future<Subscription> subscribe(String channel, EventId after) {
    Future<Subscription> there = all.get(channel);
    if (there != null) return there;
    int most = session.settings().channels();
    if (all.size() >= most) {
      return Future.failedFuture(
          Failure.of(Category.RATE_LIMIT, "TOO_MANY_CHANNELS", "More than " + most + " channels.")
              .suggest("Unsubscribe from one before the next."));
    }
    Future<Subscription> made = feed.subscribe(channel, session.caller(), after, this);
    all.put(channel, made);
    return made.onSuccess(
            subscribed -> {
              if (all.get(channel) != made || session.isOver()) subscribed.end();
            })
        .onFailure(refused -> all.remove(channel, made));
  }

  private void unsubscribe(Message message) {
    String channel = channel(message);
    end(channel);
    session.send("UNSUBSCRIBED", new JsonObject().put(CHANNEL, channel), message.requestId());
  }

  private void end(String channel) {
    Future<Subscription> gone = all.remove(channel);
    if (gone != null) gone.onSuccess(Subscription::end);
  }

  private void publish(Message message) {
    String channel = channel(message);
    if (!(message.content().getValue("event") instanceof String event)) {
      throw Failure.invalid("event", "is missing: the type of the event", null);
    }
    feed.channels()
        .publish(session.caller(), channel, event, message.content().getValue("data"))
        .onSuccess(
            id -> {
              JsonObject said = new JsonObject().put(CHANNEL, channel);
              if (id != null) said.put("id", id.toString());
              if (message.requestId() != null) session.send("PUBLISHED", said, message.requestId());
            })
        .onFailure(refused -> session.refuse(refused, message.requestId()));
  }

  private void presence(Message message) {
    String channel = channel(message);
    feed.channels()
        .present(session.caller(), channel)
        .onSuccess(
            members ->
                session.send(
                    "PRESENCE",
                    new JsonObject()
                        .put(CHANNEL, channel)
                        .put("count", members.size())
                        .put("members", new JsonArray(members)),
                    message.requestId()))
        .onFailure(refused -> session.refuse(refused, message.requestId()));
  }

  /** Seed 001's clients name the user whose events they want. */
  private static String channel(Message message) {
    Object channel = message.content().getValue(CHANNEL);
    Object user = message.content().getValue("userId");
    if (channel == null && user instanceof String id) channel = Channels.USER + ":" + id;
    if (!(channel instanceof String name)) {
      throw Failure.invalid(CHANNEL, "is missing, such as user:<your id>", null);
    }
    ChannelName.kind(name);
    return name;
  }

  @Override
  public boolean isFull() {
    return session.isFull();
  }

  @Override
  public void event(Subscription subscription, Telling telling) {
    session.send(telling.frame(session.envelope(), written));
  }

  @Override
  public void resync(Subscription subscription, EventId last) {
    JsonObject said = new JsonObject().put(CHANNEL, subscription.channel());
    session.send("RESYNC", said.put("last", last.toString()), null);
  }
}
