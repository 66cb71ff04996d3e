package dev.sluice.http;

import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Caller;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Ids;
import dev.sluice.call.Params;
import dev.sluice.call.Trace;
import dev.sluice.call.Wish;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Routes;
import dev.sluice.contract.Validation;
import dev.sluice.contract.json.JsonSettings;
import dev.sluice.guard.limit.Limit;
import dev.sluice.guard.limit.Limits;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/** Makes calls of what clients send, as requests or as parts of batches. One an event loop. */
final class Calls {
  private static final int READ_AT_ONCE = 4 << 10;

  private final Vertx vertx;
  private final Limits limits;
  private final JsonSettings json;
  private final Map<Operation, Limit> limiting = new IdentityHashMap<>();

  Calls(Vertx vertx, Limits limits, JsonSettings json) {
    this.vertx = vertx;
    this.limits = limits;
    this.json = json;
  }

  /** What a call is made of, beside who calls and what it brings. */
  record Sent(
      Operation operation, Routes.Match match, String query, MultiMap headers, Trace trace) {

    private Params params() {
      Map<String, String> path = new HashMap<>();
      match.values().forEach((name, raw) -> path.put(name, Query.decode(raw, false, name)));
      return Validation.params(
          operation,
          new Validation.Given(
              path, Query.parse(query), headers::get, name -> Cookies.of(headers, name)));
    }
  }

  /** What counts the calls of an operation. */
  Limit limit(Operation operation) {
    return limiting.computeIfAbsent(operation, o -> limits.of(o.policy().limit(), o.path()));
  }

  /** The call, which is valid. Fails with VALIDATION_ERROR. */
  Future<Call> call(Sent sent, Caller caller, Body body) {
    Params params = sent.params();
    return checked(sent.operation, body)
        .map(
            checked ->
                new Call(
                    Ids.next(),
                    sent.operation.id(),
                    params,
                    checked,
                    caller,
                    sent.trace,
                    sent.operation.policy().priority(),
                    Deadline.in(sent.operation.policy().timeout()),
                    Wishes.of(sent.headers, sent.operation.policy())));
  }

  /** A large body is read aside: it would hold up all other requests of this event loop. */
  private Future<Body> checked(Operation operation, Body body) {
    if (body.weight() <= READ_AT_ONCE) {
      return Future.succeededFuture(Validation.body(operation, body, json));
    }
    return vertx.executeBlocking(() -> Validation.body(operation, body, json), false);
  }

  /** What is answered whole and without cookies can be asked for within other things. */
  static void checkWithin(Operation operation, String code) {
    checkCookies(operation, code);
    if (operation.policy().streams() != null) {
      throw notWithin(code, "What is streamed is asked for over HTTP alone.");
    }
  }

  static void checkCookies(Operation operation, String code) {
    if (operation.policy().csrf()) {
      throw notWithin(code, "What cookies authenticate is asked for over HTTP alone.");
    }
  }

  private static Failure notWithin(String code, String message) {
    return Failure.of(Category.VALIDATION, code, message)
        .suggest("Ask for it in a request of its own.");
  }

  /** The call of an operation that is named, with parameters by name; valid. Fails so, too. */
  Future<Call> named(Operation operation, Params params, Caller caller, Body body, Wish wish) {
    Params read = Validation.params(operation, params);
    return checked(operation, body)
        .map(
            checked ->
                new Call(
                    Ids.next(),
                    operation.id(),
                    read,
                    checked,
                    caller,
                    Trace.begin(),
                    operation.policy().priority(),
                    Deadline.in(operation.policy().timeout()),
                    wish));
  }

  /** Of a path at which nothing is. */
  static Failure notFound(String path) {
    return Failure.notFound("NOT_FOUND", "There is nothing at " + path + ".")
        .suggest("GET /docs shows what there is.");
  }

  /** Of a path that is there, but takes other methods. */
  static Failure notAllowed(String method, Routes.Match match) {
    if (!Methods.isKnown(method)) return notImplemented();
    return Failure.of(
            Category.VALIDATION, "METHOD_NOT_ALLOWED", "This method is not possible here.")
        .status(405)
        .suggest("Use " + String.join(", ", match.allowed()) + ".");
  }

  /** Of a method that nobody knows (RFC 9110 §9.1); they are told apart by case. */
  private static Failure notImplemented() {
    return Failure.of(Category.VALIDATION, "NOT_IMPLEMENTED", "This method is not known.")
        .status(501)
        .suggest("Methods are written in capital letters.");
  }
}
