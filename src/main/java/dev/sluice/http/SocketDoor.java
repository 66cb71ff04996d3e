package dev.sluice.http;

import dev.sluice.app.Engine;
import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Peer;
import dev.sluice.contract.Access;
import dev.sluice.contract.Policy.Door;
import dev.sluice.contract.json.JsonSettings;
import dev.sluice.guard.Authenticate;
import dev.sluice.realtime.Envelope;
import dev.sluice.realtime.Message;
import dev.sluice.realtime.Session;
import dev.sluice.realtime.Sessions;
import dev.sluice.realtime.SocketSettings;
import dev.sluice.websocket.Handshake;
import dev.sluice.websocket.WebSocket;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Makes sockets of requests whose operations are such, once their callers were let in. */
final class SocketDoor {
  private static final String BEARER = "bearer";

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
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    String agent = request.getHeader("user-agent");
    if (agent != null) headers.add("user-agent", agent);
    if (credential.authorization != null) headers.add("authorization", credential.authorization);
    Admission.Asking asking = new Admission.Asking(headers, exchange.client, exchange::counted);
    return means
        .admission
        .admit(asking, access, means.calls.limit(exchange.operation))
        .compose(
            caller ->
                upgraded(exchange, asked, credential.protocol)
                    .map(
                        socket -> {
                          begin(exchange, socket, caller, standing(access, credential, caller));
                          return null;
                        }));
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

  private void begin(
      Exchange exchange, WebSocket socket, Caller caller, Session.Standing standing) {
    String client = exchange.client;
    SocketCalls calls = new SocketCalls(() -> current.get().calling(client));
    String id = exchange.trace.requestId();
    Map<String, Session.Handler> handlers =
        Map.of("CALL", calls::call, "CANCEL", calls::cancel, "PING", SocketDoor::pong);
    boolean data = exchange.operation.policy().door() == Door.SOCKET_DATA;
    Session session =
        means.sessions.open(
            socket,
            caller,
            standing,
            new Session.Means(
                data ? Envelope.DATA : Envelope.PAYLOAD,
                means.settings,
                means.json,
                handlers,
                failure -> Errors.error(failure, id)));
    session.onEnd(calls::end);
  }

  private SocketCalls.Means calling(String client) {
    return new SocketCalls.Means(
        means.vertx, means.engine, means.calls, means.admission, client, means.settings.calls());
  }

  private static void pong(Session session, Message message) {
    session.send("PONG", new JsonObject(), message.requestId());
  }

  private Session.Standing standing(Access access, Credential credential, Caller caller) {
    Peer peer = caller.peer();
    return new Session.Standing() {
      @Override
      public boolean isGood() {
        return current.get().means.authenticate.known(access, credential.authorization, peer)
            != null;
      }

      @Override
      public Future<?> check() {
        try {
          return current.get().means.authenticate.caller(access, credential.authorization, peer);
        } catch (Failure refused) {
          return Future.failedFuture(refused);
        }
      }
    };
  }

  /**
   * How a client says who it is: browsers can send no Authorization with a socket.
   *
   * @param protocol what is answered of the protocols that it offers; null, none
   */
  private record Credential(String authorization, String protocol) {

    static Credential of(HttpServerRequest request, List<String> protocols) {
      List<String> headers = request.headers().getAll("authorization");
      if (headers.size() > 1) throw Failure.invalid("Authorization", "stands there twice", null);
      int bearer = protocols.indexOf(BEARER);
      if (bearer >= 0 && bearer + 1 == protocols.size()) {
        throw Failure.invalid("Sec-WebSocket-Protocol", "has no token behind bearer", null);
      }
      String protocol = bearer >= 0 ? BEARER : protocols.isEmpty() ? null : protocols.get(0);
      String token = bearer >= 0 ? protocols.get(bearer + 1) : request.getParam("token");
      String authorization = headers.isEmpty() ? null : headers.get(0);
      if (authorization == null && token != null) authorization = "Bearer " + token;
      return new Credential(authorization, protocol);
    }

    @Override
    public String toString() {
      return "Credential[" + protocol + "]";
    }
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
