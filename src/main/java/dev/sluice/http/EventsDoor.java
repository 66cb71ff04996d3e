package dev.sluice.http;

import dev.sluice.call.Call;
import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.contract.Access;
import dev.sluice.contract.Policy.Door;
import dev.sluice.guard.Authenticate;
import dev.sluice.realtime.Sessions;
import dev.sluice.realtime.channel.Channels;
import dev.sluice.realtime.channel.EventId;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Supplier;

/** Answers with the events of channels, as they come (server-sent events, WHATWG HTML §9.2). */
final class EventsDoor {
  /** What {@code Last-Event-ID} says of a channel of which nothing is known. */
  static final String UNKNOWN = "-";

  private static final String LAST = "Last-Event-ID";

  private final Sessions sessions;
  private final Responder responder;
  private final Supplier<Authenticate> authenticate;
  private final int most;

  /**
   * With the sessions of this event loop.
   *
   * @param most channels that one client may hear
   */
  EventsDoor(
      Sessions sessions, Responder responder, Supplier<Authenticate> authenticate, int most) {
    this.sessions = sessions;
    this.responder = responder;
    this.authenticate = authenticate;
    this.most = most;
  }

  static boolean answers(Exchange exchange) {
    return exchange.operation.policy().door() == Door.EVENTS;
  }

  /** Done when it has begun: all channels are heard then. */
  Future<Void> open(Exchange exchange, Credential credential, Call call) {
    Caller caller = call.caller();
    List<String> channels = channels(exchange.request, caller);
    List<EventId> after = after(exchange.request, channels.size());
    Access access = exchange.operation.policy().access();
    EventStream stream =
        new EventStream(
            exchange,
            responder,
            new Standing(authenticate, access, credential.authorization(), caller.peer()),
            channels.size());
    List<Future<Void>> heard = new ArrayList<>();
    for (int i = 0; i < channels.size(); i++) {
      heard.add(stream.hear(sessions.feed(), channels.get(i), caller, after.get(i)));
    }
    return Future.all(heard)
        .onFailure(refused -> stream.drop())
        .map(
            all -> {
              if (!exchange.isGone()) sessions.attend(stream);
              stream.begin();
              return null;
            });
  }

  /** Those that are asked for, else the caller's own. */
  private List<String> channels(HttpServerRequest request, Caller caller) {
    List<String> asked = Query.parse(request.query()).getOrDefault("channel", List.of());
    List<String> channels = List.copyOf(new LinkedHashSet<>(asked));
    if (channels.isEmpty()) return List.of(Channels.USER + ":" + caller.subject());
    if (channels.size() <= most) return channels;
    throw Failure.invalid("channel", "must stand there " + most + " times at most", null);
  }

  private static List<EventId> after(HttpServerRequest request, int channels) {
    String header = request.getHeader(LAST);
    String last = header == null ? request.getParam("lastEventId") : header;
    if (last == null || last.isEmpty()) return Collections.nCopies(channels, null);
    String[] ids = last.split(",", -1);
    if (ids.length != channels) {
      throw Failure.invalid(LAST, "must have an id for each channel, as it was told", null);
    }
    List<EventId> after = new ArrayList<>(channels);
    for (String id : ids) after.add(id.equals(UNKNOWN) ? null : EventId.parse(id));
    return after;
  }
}
