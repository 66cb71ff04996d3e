package dev.sluice.realtime.channel;

import dev.sluice.bus.Address;
import dev.sluice.bus.Topic;
import dev.sluice.call.Caller;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.realtime.channel.ChannelKind.Seen;
import dev.sluice.realtime.channel.ChannelKind.Traits;
import dev.sluice.realtime.channel.ChannelKind.Wish;
import dev.sluice.store.Redis;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The channels, for the gateway's whole life. A channel is owned by the shard that the hash of its
 * name picks.
 */
public final class Channels {
  /** The channels of users: {@code user:<id>}. */
  public static final String USER = "user";

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int LONGEST_TYPE = 100;

  static final Address<Publish, Published> PUBLISH =
      Address.local("channel.publish", Publish.class, Published.class);
  static final Address<Join, Joined> JOIN = Address.local("channel.join", Join.class, Joined.class);
  static final Address<Asked, Present> PRESENT =
      Address.local("channel.present", Asked.class, Present.class);
  static final Address<Read, Page> READ = Address.local("channel.read", Read.class, Page.class);

  /** The frames that clients are sent by the gateway itself. */
  private static final Set<String> RESERVED =
      Set.of(
          "CONNECTED",
          "SUBSCRIBED",
          "UNSUBSCRIBED",
          "PUBLISHED",
          "RESYNC",
          "REPLY",
          "CHUNK",
          "END",
          "ERROR",
          "PONG");

  private final Vertx vertx;
  private final History history;
  private final int shards = Math.max(1, Runtime.getRuntime().availableProcessors());
  private final AtomicInteger loops = new AtomicInteger();
  private final Map<String, Integer> owned = new ConcurrentHashMap<>(); // by how many
  private volatile ChannelSettings settings;
  private volatile boolean leaving;

  /**
   * To tell an event.
   *
   * @param from the user who publishes it; null, the gateway
   * @param once names the event, so that it is told once; null, it is told anyway
   */
  record Publish(String channel, String type, String data, String from, String once) {}

  /** {@code id} is null where it is in no history. */
  record Published(EventId id) {}

  /** An event loop is to hear of a channel from now on. */
  record Join(String channel, int loop) {}

  /** Nobody of an event loop listens any more. */
  record Part(String channel, int loop) {}

  /** A client of a user's listens, or does not any more. */
  record Attend(String channel, String user, Seen seen, boolean enters) {}

  record Asked(String channel) {}

  /** The users who listen. */
  record Present(List<String> users) {}

  /** {@code last} is null where that cannot be known. */
  record Joined(EventId last) {}

  /** The events behind one. */
  record Read(String channel, EventId after, int count) {}

  /**
   * Events in order.
   *
   * @param last the newest of the channel
   * @param gap whether some that came before these are lost
   */
  record Page(List<ChannelEvent> events, EventId last, boolean gap) {}

  /** Something may have been missed. */
  record Look() {}

  record Admit(Caller caller, String channel, Wish wish) {}

  record Admitted(Traits traits) {}

  record Came(Caller caller, String channel) {}

  record Left(Caller caller, String channel) {}

  public Channels(Vertx vertx, Redis redis, ChannelSettings settings) {
    this.vertx = vertx;
    this.settings = settings;
    this.history = new History(redis, this::settings);
  }

  /** Starts what owns them. */
  public Future<Void> open() {
    AtomicInteger shard = new AtomicInteger();
    return vertx
        .deployVerticle(
            () -> new SignalVerticle(shard.getAndIncrement(), this, history),
            new DeploymentOptions().setInstances(shards))
        .mapEmpty();
  }

  public void use(ChannelSettings then) {
    settings = then;
  }

  /** This node is about to go, and its clients with it, who have not left for that. */
  public void leave() {
    leaving = true;
  }

  boolean isLeaving() {
    return leaving;
  }

  ChannelSettings settings() {
    return settings;
  }

  /**
   * Tells an event to a channel; gives its id, or null where Redis is away: then those who listen
   * on this node have heard it, and nobody can hear it again.
   *
   * @param data a value of JSON
   */
  public Future<EventId> publish(String channel, String type, Object data) {
    return publish(channel, type, data, null, null);
  }

  /**
   * The same of an event that may be told twice, and is to be heard once.
   *
   * @param once names it, in its channel
   */
  public Future<EventId> publish(String channel, String type, Object data, String once) {
    return publish(channel, type, data, null, once);
  }

  private Future<EventId> publish(
      String channel, String type, Object data, String from, String once) {
    try {
      ChannelName.kind(channel);
      if (type.isEmpty() || type.length() > LONGEST_TYPE || type.indexOf('\n') >= 0) {
        throw Failure.invalid("event", "must be a text of 1 to " + LONGEST_TYPE, null);
      }
      String json = Json.encode(data);
      if (json.getBytes(StandardCharsets.UTF_8).length > settings.maxEvent().bytes()) {
        throw Failure.of(Category.VALIDATION, "EVENT_TOO_LARGE", "This event's data is too large.")
            .status(413)
            .suggest("At most " + settings.maxEvent() + " of JSON; see channels.maxEvent.");
      }
      return ask(
              PUBLISH, channel, new Publish(channel, type, json, from, once), Deadline.in(PATIENCE))
          .map(Published::id);
    } catch (Failure refused) {
      return Future.failedFuture(refused);
    }
  }

  /** Publishes what a client says; fails where it may not. */
  public Future<EventId> publish(Caller caller, String channel, String type, Object data) {
    return admit(caller, channel, Wish.PUBLISH)
        .compose(
            may ->
                isReserved(type)
                    ? Future.failedFuture(reserved(type))
                    : publish(channel, type, data, caller.subject(), null));
  }

  private static boolean isReserved(String type) {
    return RESERVED.contains(type) || type.startsWith("PRESENCE");
  }

  private static Failure reserved(String type) {
    return Failure.invalid("event", type + " is what the gateway itself says", null);
  }

  /** The users who listen to a channel, 1,000 at most; fails where the caller may not see them. */
  public Future<List<String>> present(Caller caller, String channel) {
    return admit(caller, channel, Wish.SUBSCRIBE)
        .compose(
            traits ->
                traits.presence() != Seen.SHOWN
                    ? Future.failedFuture(unseen(channel))
                    : present(channel));
  }

  private Future<List<String>> present(String channel) {
    return ask(PRESENT, channel, new Asked(channel), Deadline.in(PATIENCE)).map(Present::users);
  }

  private static Failure unseen(String channel) {
    return Failure.of(Category.VALIDATION, "NO_PRESENCE", "Who is in " + channel + " is not shown.")
        .suggest("Declare presence: true in channels.kinds.");
  }

  /** Whether a user hears of events now, on any node; false where that cannot be known. */
  public Future<Boolean> hears(String user) {
    return present(USER + ":" + user).map(users -> !users.isEmpty()).otherwise(false);
  }

  /** Has a channel's history forgotten after a while, unless more is told to it. */
  public Future<Void> fade(String channel, Duration after) {
    return history.expire(channel, after);
  }

  /** The channels of a kind are answered for by an app, on the caller's context. */
  public List<MessageConsumer<?>> own(String kind, ChannelKind by) {
    owned.merge(kind, 1, Integer::sum);
    return List.of(
        admission(kind)
            .serve(
                vertx,
                asked ->
                    by.admit(asked.caller, asked.channel, asked.wish)
                        .map(admitted -> new Admitted(by.traits()))),
        arrivals(kind).listen(vertx, came -> by.came(came.caller, came.channel)),
        departures(kind).listen(vertx, left -> by.left(left.caller, left.channel)));
  }

  /** Nobody answers for them any more. */
  public void disown(String kind) {
    owned.computeIfPresent(kind, (k, n) -> n == 1 ? null : n - 1);
  }

  /** Asks who answers for a channel. Fails where the caller may not. */
  Future<Traits> admit(Caller caller, String channel, Wish wish) {
    try {
      String kind = ChannelName.kind(channel);
      if (owned.containsKey(kind)) {
        return admission(kind)
            .ask(vertx, new Admit(caller, channel, wish), Deadline.in(PATIENCE))
            .map(Admitted::traits);
      }
      return Future.succeededFuture(declared(kind, channel, caller, wish));
    } catch (Failure refused) {
      return Future.failedFuture(refused);
    }
  }

  private Traits declared(String kind, String channel, Caller caller, Wish wish) {
    ChannelSettings.Kind rules = settings.kinds().get(kind);
    if (rules == null) {
      throw Failure.notFound("NO_SUCH_CHANNEL", "There are no channels " + kind + ":….")
          .suggest("An app owns them, or channels.kinds in the configuration declares them.");
    }
    List<String> roles = wish == Wish.SUBSCRIBE ? rules.subscribe() : rules.publish();
    boolean may =
        caller.subject() != null
            && (roles.contains("*") || roles.stream().anyMatch(caller.roles()::contains));
    if (!may) throw refused(channel);
    return new Traits(rules.coalesce(), rules.presence() ? Seen.SHOWN : Seen.UNSEEN, false);
  }

  /** That a caller may not do what it wants with a channel. */
  public static Failure refused(String channel) {
    return Failure.of(
            Category.AUTHORIZATION, "FORBIDDEN", "You may not do this in " + channel + ".")
        .suggest("Your own is user:<your id>; who may hear or publish in others, their app says.");
  }

  /** Asks the shard that owns a channel. */
  <Q extends Record, R extends Record> Future<R> ask(
      Address<Q, R> address, String channel, Q request, Deadline deadline) {
    return address.at(shard(channel)).ask(vertx, request, deadline);
  }

  void part(Part gone) {
    parting(shard(gone.channel)).publish(vertx, gone);
  }

  int shards() {
    return shards;
  }

  /** The parts of the history belong to shards, and so do the channels of a part. */
  private int shard(String channel) {
    return History.part(channel) % shards;
  }

  int nextLoop() {
    return loops.getAndIncrement();
  }

  /** Where an event loop hears of events. */
  static Topic<ChannelEvent> delivery(int loop) {
    return new Topic<>("channel.loop." + loop, ChannelEvent.class);
  }

  /** Where all event loops are told to look whether they have missed anything. */
  static final Topic<Look> LOOK = new Topic<>("channel.look", Look.class);

  static Topic<Attend> attendance(int shard) {
    return new Topic<>("channel.attend." + shard, Attend.class);
  }

  void attend(Attend attend) {
    attendance(shard(attend.channel)).publish(vertx, attend);
  }

  static Topic<Part> parting(int shard) {
    return new Topic<>("channel.part." + shard, Part.class);
  }

  static Topic<Came> arrivals(String kind) {
    return new Topic<>("channel.came." + kind, Came.class);
  }

  static Topic<Left> departures(String kind) {
    return new Topic<>("channel.left." + kind, Left.class);
  }

  private static Address<Admit, Admitted> admission(String kind) {
    return Address.local("channel.admit." + kind, Admit.class, Admitted.class);
  }
}
