package dev.sluice.http;

import com.fasterxml.jackson.databind.util.RawValue;
import dev.sluice.app.Engine;
import dev.sluice.bus.Cancel;
import dev.sluice.bus.Flows;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Ids;
import dev.sluice.call.Params;
import dev.sluice.call.Reply;
import dev.sluice.call.Wish;
import dev.sluice.conf.Nearest;
import dev.sluice.contract.Access;
import dev.sluice.contract.Access.Auth;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Parameter;
import dev.sluice.contract.Policy;
import dev.sluice.contract.Policy.OnDisconnect;
import dev.sluice.contract.Policy.SocketFrame;
import dev.sluice.guard.idempotency.Key;
import dev.sluice.realtime.Envelope;
import dev.sluice.realtime.Message;
import dev.sluice.realtime.Session;
import dev.sluice.realtime.Subscriptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Calls in the frames of one session: {@code CALL {operation, params, body, requestId,
 * idempotencyKey}} is answered by {@code REPLY {status, headers, body}} or {@code ERROR}, as it
 * would be over HTTP.
 */
final class SocketCalls {
  private static final String LATER = "respond-async"; // RFC 7240 §4.1
  private static final String NOT_HERE = "NOT_OVER_SOCKETS";

  /** What a call may say. */
  private static final Set<String> MEMBERS =
      Set.of("operation", "params", "body", "idempotencyKey", "prefer");

  private final Supplier<Means> current; // of the contract that is in use
  private final Map<String, Running> running = new HashMap<>(); // by their requestId

  /**
   * What calls are made with.
   *
   * @param client the address that the session came from
   * @param most calls under way at once
   */
  record Means(
      Vertx vertx, Engine engine, Calls calls, Admission admission, String client, int most) {}

  /** A call under way; each is another, though its requestId was another's before. */
  private static final class Running {
    private String call; // null until it is asked
    private boolean cancels;
    private SocketStream stream; // null but where its reply is one, and has begun
  }

  /** What is asked for, and what is to be done with its reply before that is told. */
  private record Asked(
      Operation operation,
      Params params,
      Body body,
      Wish wish,
      Function<Reply, Future<Reply>> before) {}

  SocketCalls(Supplier<Means> current) {
    this.current = current;
  }

  /** {@code CALL}. */
  void call(Session session, Message message) {
    String id = message.requestId();
    if (id == null) throw Failure.invalid("requestId", "is missing: the answer goes by it", null);
    Means means = current.get();
    Operation operation = operation(means, message.content());
    checkMembers(message.content());
    Object body = message.content().getValue("body");
    Asked asked =
        new Asked(
            operation,
            Params.of(object(message.content(), "params").getMap()),
            body == null ? Body.NONE : new Body(message.written().apply("body"), Body.JSON),
            wish(operation, message.content()),
            Future::succeededFuture);
    run(session, means, id, asked);
  }

  /**
   * A frame that stands for an operation: those of its members that are parameters by their names
   * are such, the others are the body. Without a requestId only a refusal is told.
   */
  void call(Session session, Message message, SocketFrame frame, Subscriptions subscriptions) {
    Means means = current.get();
    Operation operation = operation(means, frame.operation());
    JsonObject content = message.content().copy();
    Envelope.OWN.forEach(content::remove);
    Map<String, Object> params = new HashMap<>();
    for (Parameter parameter : operation.parameters()) {
      Object value = content.remove(parameter.name());
      if (value != null) params.put(parameter.name(), value);
    }
    Body body = operation.body() == null ? Body.NONE : Body.json(content);
    Function<Reply, Future<Reply>> before = reply -> subscribed(reply, frame, subscriptions);
    run(
        session,
        means,
        message.requestId(),
        new Asked(operation, Params.of(params), body, Wish.NONE, before));
  }

  /** Hears the channel that a reply names, before who asked knows that it is there. */
  private static Future<Reply> subscribed(
      Reply reply, SocketFrame frame, Subscriptions subscriptions) {
    if (frame.subscribe() == null || reply.body().isEmpty()) return Future.succeededFuture(reply);
    boolean named =
        Json.decodeValue(reply.body().bytes()) instanceof JsonObject said
            && said.getValue(frame.subscribe()) instanceof String;
    if (!named) return Future.succeededFuture(reply);
    String channel = reply.body().bytes().toJsonObject().getString(frame.subscribe());
    return subscriptions.subscribe(channel, null).map(reply);
  }

  private void run(Session session, Means means, String requestId, Asked asked) {
    String id = requestId == null ? Ids.next() : requestId;
    if (running.containsKey(id)) {
      throw Failure.of(
              Category.CONFLICT, "REQUEST_ID_IN_USE", "A call of this requestId is under way.")
          .suggest("Take another for each call.");
    }
    if (running.size() >= means.most) {
      throw Failure.of(Category.RATE_LIMIT, "TOO_MANY_CALLS", "Too many calls are under way.")
          .suggest("Wait for an answer before the next.");
    }
    Running mine = new Running();
    running.put(id, mine);
    Future.<Void>succeededFuture() // what is thrown from here on is its failure
        .compose(begin -> admitted(means, session.caller(), asked.operation))
        .compose(
            caller ->
                means.calls.named(asked.operation, asked.params, caller, asked.body, asked.wish))
        .compose(call -> ask(means, call, mine, running.get(id) == mine))
        .compose(asked.before)
        .onComplete(
            (reply, cause) -> {
              if (running.get(id) != mine) { // it was taken back
                if (cause == null) Flows.drop(means.vertx, reply.body());
              } else if (cause == null && reply.body().isStreamed()) {
                mine.stream = new SocketStream(session, id, reply, () -> running.remove(id, mine));
                mine.stream.begin(means.vertx);
              } else {
                running.remove(id);
                if (cause != null) session.refuse(cause, requestId);
                else if (requestId != null) session.send("REPLY", written(reply), id);
              }
            });
  }

  private static Operation operation(Means means, JsonObject content) {
    if (!(content.getValue("operation") instanceof String id)) {
      throw Failure.invalid("operation", "is missing: the operationId of what is called", null);
    }
    return operation(means, id);
  }

  private static Operation operation(Means means, String id) {
    Operation operation = means.engine.contract().operation(id);
    if (operation == null) {
      throw Failure.notFound("NOT_FOUND", "There is no operation " + id + ".")
          .suggest("GET /openapi.yaml has those that there are.");
    }
    Policy policy = operation.policy();
    Calls.checkCookies(operation, NOT_HERE);
    if (policy.streamsRequest()
        || policy.door() != null
        || policy.access().auth() == Auth.PASSTHROUGH) {
      throw Failure.of(Category.VALIDATION, NOT_HERE, id + " is asked for over HTTP alone.")
          .suggest("Ask for it in a request of its own.");
    }
    return operation;
  }

  private static void checkMembers(JsonObject content) {
    for (String name : content.fieldNames()) {
      if (MEMBERS.contains(name) || Envelope.OWN.contains(name)) continue;
      String hint = Nearest.hint(name, MEMBERS);
      throw Failure.invalid(name, "is no member of a CALL" + hint, null);
    }
  }

  /** What the operation does not heed is nothing to it, as with HTTP. */
  private static Wish wish(Operation operation, JsonObject content) {
    Object key = content.getValue("idempotencyKey");
    Object prefer = content.getValue("prefer");
    boolean heeds = operation.policy().idempotency() != null;
    if (heeds && key != null && !(key instanceof String)) {
      throw Failure.invalid("idempotencyKey", "must be a text", null);
    }
    if (prefer != null && !prefer.equals(LATER)) {
      throw Failure.invalid("prefer", "must be " + LATER, null);
    }
    boolean later = prefer != null && operation.policy().async();
    return new Wish(heeds && key != null ? Key.of(List.of((String) key)) : null, later);
  }

  private static JsonObject object(JsonObject content, String name) {
    Object value = content.getValue(name);
    if (value == null) return new JsonObject();
    if (value instanceof JsonObject object) return object;
    throw Failure.invalid(name, "must be a JSON object", null);
  }

  private static Future<Caller> admitted(Means means, Caller caller, Operation operation) {
    Access access = operation.policy().access();
    Caller whose = access.auth() == Auth.NONE ? Caller.anonymous(caller.peer()) : caller;
    return means
        .admission
        .admit(whose, means.client, access, means.calls.limit(operation))
        .map(whose);
  }

  private static Future<Reply> ask(Means means, Call call, Running mine, boolean wanted) {
    if (!wanted) return Future.failedFuture(cancelled());
    Operation operation = means.engine.contract().operation(call.operation());
    mine.call = call.id();
    mine.cancels = operation.policy().onDisconnect() == OnDisconnect.CANCEL;
    return means.engine.answer(call);
  }

  /** {@code CANCEL}: the call of that requestId is not wanted any more. */
  void cancel(Session session, Message message) {
    Running call = running.remove(message.requestId());
    if (call == null) return; // it has been answered
    cancel(call);
    session.refuse(cancelled(), message.requestId());
  }

  private static Failure cancelled() {
    return Failure.unavailable("CANCELLED", "It was cancelled.");
  }

  /** The session is over. */
  void end() {
    running.values().forEach(this::cancel);
    running.clear();
  }

  private void cancel(Running call) {
    if (call.stream != null) call.stream.cancel();
    else if (call.cancels) Cancel.TOPIC.publish(current.get().vertx, new Cancel(call.call));
  }

  /** What a reply is but for its body. */
  static JsonObject head(Reply reply) {
    JsonObject headers = new JsonObject();
    reply.headers().forEach(headers::put);
    if (reply.body().type() != null) headers.put("content-type", reply.body().type());
    return new JsonObject().put("status", reply.status()).put("headers", headers);
  }

  private static JsonObject written(Reply reply) {
    JsonObject said = head(reply);
    Body body = reply.body();
    if (body.isEmpty()) return said;
    return said.put("body", value(body));
  }

  /** JSON as it is, text as a string, anything else in base64. */
  private static Object value(Body body) {
    if (BatchRun.isJson(body)) return new RawValue(body.bytes().toString());
    boolean text = body.type() != null && body.type().startsWith("text/");
    return text
        ? body.bytes().toString()
        : Base64.getEncoder().encodeToString(body.bytes().getBytes());
  }
}
