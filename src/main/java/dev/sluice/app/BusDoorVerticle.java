package dev.sluice.app;

import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Caller;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Ids;
import dev.sluice.call.Params;
import dev.sluice.call.Reply;
import dev.sluice.call.Trace;
import dev.sluice.call.Wish;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Validation;
import dev.sluice.guard.Authorize;
import io.vertx.core.Future;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * The event-bus door: {@code op.<operationId>} answers each operation of an app, for verticles of
 * this JVM and of other nodes. It takes a {@link Call} and gives a {@link Reply}; or it takes JSON,
 * {@code {params: {…}, body?: …}} or just the parameters, and gives {@code {status, headers,
 * body}}. A body that is streamed is a {@link dev.sluice.call.Flow}, which only those who send
 * records can read. Siblings are trusted to say who the caller is; what they ask is validated all
 * the same.
 */
public final class BusDoorVerticle extends Answering {
  private final String app;
  private final Engine engine;

  /** For the operations of one app. */
  public BusDoorVerticle(String app, Engine engine) {
    this.app = app;
    this.engine = engine;
  }

  @Override
  public Future<?> start() {
    List<Future<Void>> serving = new ArrayList<>();
    for (Operation operation : engine.contract().operations(app)) {
      serving.add(
          answers(
              operation
                  .door()
                  .serveJsonToo(
                      vertx,
                      json -> read(operation, json),
                      BusDoorVerticle::write,
                      call -> answer(operation, call))));
    }
    return Future.all(serving);
  }

  private Future<Reply> answer(Operation operation, Call call) {
    if (!operation.id().equals(call.operation())) {
      String message = "a call to " + call.operation() + " came to op." + operation.id();
      return Future.failedFuture(Failure.invalid("operation", message, call.operation()));
    }
    Authorize.check(operation.policy().access(), call.caller());
    Validation.body(operation, call.body());
    Call asked = call.withWish(call.wish().claimed(null)); // whose run it is, the gateway says
    return engine.answer(asked.withParams(Validation.params(operation, call.params())));
  }

  private static Call read(Operation operation, JsonObject json) {
    if (operation.policy().streamsReply()) throw streams(operation);
    boolean whole = json.containsKey("params") || json.containsKey("body");
    JsonObject params = whole ? json.getJsonObject("params", new JsonObject()) : json;
    Object body = whole ? json.getValue("body") : null;
    return new Call(
        Ids.next(),
        operation.id(),
        Params.of(params.getMap()),
        body == null ? Body.NONE : Body.json(body),
        Caller.NOBODY,
        Trace.begin(),
        operation.policy().priority(),
        Deadline.in(operation.policy().timeout()),
        Wish.NONE);
  }

  /** JSON as it is, anything else as a Buffer; what an upstream only calls JSON, too. */
  private static Object body(Body body) {
    if (body.type() == null || !body.type().startsWith(Body.JSON)) return body.bytes();
    try {
      return Json.decodeValue(body.bytes());
    } catch (DecodeException e) {
      return body.bytes();
    }
  }

  private static Failure streams(Operation operation) {
    String message = operation.id() + " streams its reply, which JSON cannot carry.";
    return Failure.of(Category.VALIDATION, "STREAMED", message)
        .suggest("Ask with a Call, and read the Flow in the reply's body.");
  }

  private static JsonObject write(Reply reply) {
    JsonObject headers = new JsonObject();
    reply.headers().forEach(headers::put);
    return new JsonObject()
        .put("status", reply.status())
        .put("headers", headers)
        .put("body", body(reply.body()));
  }
}
