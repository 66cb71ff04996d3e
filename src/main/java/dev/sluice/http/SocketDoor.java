package dev.sluice.http;

import dev.sluice.app.Engine;
import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.contract.Access;
import dev.sluice.contract.Policy.Door;
import dev.sluice.contract.json.JsonSettings;
import dev.sluice.guard.Authenticate;
import dev.sluice.realtime.Envelope;
import dev.sluice.realtime.Message;
import dev.sluice.realtime.Session;
import dev.sluice.realtime.Sessions;
import dev.sluice.realtime.SocketSettings;
import dev.sluice.realtime.Subscriptions;
import dev.sluice.websocket.Handshake;
import dev.sluice.websocket.WebSocket;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Makes sockets of requests whose operations are such, once their callers were let in. */
final class SocketDoor {
  private final Means means;
  private final Supplier<SocketDoor> current;

  /**
   * What sockets stand on.
   *
   * @param sessions of this event loop
   */
  record Means(
      Vertx vertx,
      Engine engine,
      Calls calls,
      Admission admission,
      Authenticate authenticate,
      StandingHeaders standing,
      Sessions sessions,
      SocketSettings settings,
      JsonSettings json) {}

  /** {@code current} is the one that stands here after reloads, which may be another. */
  SocketDoor(Means means, Supplier<SocketDoor> current) {
    this.means = means;
    this.current = current;
  }

  /** Whether an operation is a socket. */
  static boolean answers(Exchange exchange) {
    Door door = exchange.operation.policy().door();
    return door != null && door.isSocket();
  }

  /** Done when the socket is open. Fails as any request does that is refused. */
  Future<Void> open(Exchange exchange) {
    HttpServerRequest request = exchange.request;
    if (!Handshake.isAskedFor(request.method(), request.version(), request.headers()))
      throw noSocket(exchange);
    Handshake asked = Handshake.of(request.headers());
    String origin = request.getHeader("origin");
    if (origin != null && !means.standing.mayCall(origin)) throw foreign();
    Credential credential = Credential.of(request, asked.protocols());
    Access access = exchange.operation.policy().access();
    return means
        .admission
        .admit(credential.asking(exchange), access, means.calls.limit(exchange.operation))
        .compose(
            caller ->
                upgraded(exchange, asked, credential.protocol())
                    .map(
                        socket -> {
                          Standing standing =
                              new Standing(
                                  () -> current.get().authenticate(),
                                  access,
                                  credential.authorization(),
                                  caller.peer());
                          begin(exchange, socket, caller, standing);
                          return null;
                        }));
  }

  Authenticate authenticate() {
    return means.authenticate;
  }

  private Future<WebSocket> upgraded(Exchange exchange, Handshake asked, String protocol) {
    if (exchange.isGone()) return Future.failedFuture(Failure.unavailable("CANCELLED", "It left."));
    WebSocket socket =
        WebSocket.on(
            Backlog.channel(exchange.request),
            asked,
            means.settings.bounds(),
            means.sessions.shared());
    exchange.response.headers().addAll(asked.answer(protocol));
    return exchange.request.toNetSocket().map(socket);
  }

  private void begin(Exchange exchange, WebSocket socket, Caller caller, Standing standing) {
    String client = exchange.client;
    SocketCalls calls = new SocketCalls(() -> current.get().calling(client));
    String id = exchange.trace.requestId();
    Map<String, Session.Handler> handlers = new HashMap<>();
    Door door = exchange.operation.policy().door();
    Session session =
        means.sessions.open(
            socket,
            caller,
            standing,
            new Session.Means(
                envelope(door),
                means.settings,
                means.json,
                handlers,
                failure -> Errors.error(failure, id)));
    if (door == Door.SOCKET_ECHO) return;
    Subscriptions subscriptions = new Subscriptions(session, means.sessions.feed());
    handlers.put("CALL", calls::call);
    handlers.put("CANCEL", calls::cancel);
    handlers.put("CONNECT", (s, message) -> connect(s, message, standing));
    handlers.put("PING", SocketDoor::pong);
    subscriptions.handlers().forEach(handlers::putIfAbsent);
    exchange
        .operation
        .policy()
        .frames()
        .forEach(
            (type, frame) ->
                handlers.put(type, (s, message) -> calls.call(s, message, frame, subscriptions)));
    session.onEnd(calls::end);
  }

  private static Envelope envelope(Door door) {
    return switch (door) {
      case SOCKET -> Envelope.PAYLOAD;
      case SOCKET_DATA -> Envelope.DATA;
      default -> null;
    };
  }

  private SocketCalls.Means calling(String client) {
    return new SocketCalls.Means(
        means.vertx, means.engine, means.calls, means.admission, client, means.settings.calls());
  }

  /**
   * Seed 002's clients begin so; the socket has been open since its handshake. With a {@code token}
   * it goes by that one from now on.
   */
  private static void connect(Session session, Message message, Standing standing) {
    Object token = message.content().getValue("token");
    if (token != null && !(token instanceof String)) {
      throw Failure.invalid("token", "must be an access token", null);
    }
    Future<Caller> caller =
        token == null
            ? Future.succeededFuture(session.caller())
            : standing.renew((String) token, session.caller());
    caller
        .onSuccess(
            now -> {
              session.callsAs(now);
              if (message.requestId() == null) return;
              JsonObject said = new JsonObject().put("user", now.subject());
              session.send("CONNECTED", said, message.requestId());
            })
        .onFailure(refused -> session.refuse(refused, message.requestId()));
  }

  private static void pong(Session session, Message message) {
    session.send("PONG", new JsonObject(), message.requestId());
  }

  private static Failure noSocket(Exchange exchange) {
    exchange.response.putHeader("upgrade", "websocket");
    return Failure.of(Category.VALIDATION, "UPGRADE_REQUIRED", "This is a WebSocket.")
        .status(426)
        .suggest("Connect to it with ws:// or wss://, over HTTP/1.1.");
  }

  private static Failure foreign() {
    return Failure.of(Category.AUTHORIZATION, "ORIGIN_NOT_ALLOWED", "This origin may not connect.")
        .suggest("Add it to server.cors.origins.");
  }
}
