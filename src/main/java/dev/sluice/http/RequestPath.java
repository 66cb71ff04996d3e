package dev.sluice.http;

import dev.sluice.app.Engine;
import dev.sluice.bus.Cancel;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Caller;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Ids;
import dev.sluice.call.Params;
import dev.sluice.call.Reply;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Policy.OnDisconnect;
import dev.sluice.contract.Routes;
import dev.sluice.contract.Validation;
import dev.sluice.guard.CrossSite;
import dev.sluice.guard.Limits;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Every step of a request that the fast lane did not answer, top to bottom. */
final class RequestPath {
  private final Vertx vertx;
  private final Engine engine;
  private final Admission admission;
  private final Limits limits;
  private final CrossSite crossSite;
  private final Bodies bodies;
  private final Responder responder;

  RequestPath(Vertx vertx, HttpDoor.Inside inside, Bodies bodies, Responder responder) {
    this.vertx = vertx;
    this.engine = inside.engine();
    this.admission = new Admission(inside.guards().authenticate());
    this.limits = inside.guards().limits();
    this.crossSite = inside.guards().crossSite();
    this.bodies = bodies;
    this.responder = responder;
  }

  /** What the path had to say, for the fast lane to remember. */
  interface Answered {
    void reply(Exchange exchange, Call call, Reply reply);
  }

  /** Answers a request; {@code match} is what the contract has at its path, or null. */
  void handle(Exchange exchange, Routes.Match match, Answered answered) {
    try {
      route(exchange, match);
      Expectation.check(exchange.request);
      if (exchange.operation == null) {
        responder.send(exchange, options(exchange, match));
        return;
      }
      limit(exchange);
      checkSite(exchange);
      admission
          .admit(exchange, exchange.operation.policy().access())
          .compose(caller -> answer(exchange, match, caller, answered))
          .onSuccess(reply -> responder.send(exchange, reply))
          .onFailure(cause -> responder.fail(exchange, cause));
    } catch (RuntimeException refused) {
      responder.fail(exchange, refused);
    }
  }

  private Future<Reply> answer(
      Exchange exchange, Routes.Match match, Caller caller, Answered answered) {
    return bodies
        .read(exchange)
        .compose(
            body -> {
              Call call = validate(exchange, match, caller, body);
              cancelWhenGone(exchange, call);
              Future<Reply> reply =
                  engine.answer(call).onSuccess(r -> answered.reply(exchange, call, r));
              return exchange.upload == null ? reply : exchange.upload.guard(reply);
            });
  }

  private static void route(Exchange exchange, Routes.Match match) {
    HttpServerRequest request = exchange.request;
    if (match == null) throw notFound(request);
    exchange.operation = match.operation(request.method().name());
    if (exchange.operation != null || request.method() == HttpMethod.OPTIONS) return;
    if (!Methods.isKnown(request.method().name())) throw notImplemented();
    String allowed = String.join(", ", match.allowed());
    exchange.response.putHeader(HttpHeaders.ALLOW, allowed);
    throw Failure.of(Category.VALIDATION, "METHOD_NOT_ALLOWED", "This method is not possible here.")
        .status(405)
        .suggest("Use " + allowed + ".");
  }

  /** OPTIONS (RFC 9110 §9.3.7), and the preflight of a page of another origin (Fetch §3.3.8). */
  private Reply options(Exchange exchange, Routes.Match match) {
    exchange.response.putHeader(HttpHeaders.ALLOW, String.join(", ", match.allowed()));
    if (exchange.request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD) != null) {
      responder.preflight(exchange, match.allowed());
    }
    return Reply.of(204, Body.NONE);
  }

  private void limit(Exchange exchange) {
    Limits.Rate rate = limits.rate(exchange.operation.policy().limit());
    if (rate != null) rate.check(exchange.client);
  }

  /** What a cookie authenticates must be what its user wants. */
  private void checkSite(Exchange exchange) {
    if (!exchange.operation.policy().csrf()) return;
    HttpServerRequest request = exchange.request;
    List<String> cookies = Cookies.of(request, CrossSite.COOKIE);
    crossSite.check(
        new CrossSite.Asked(
            exchange.operation.isSafe(),
            cookies.isEmpty() ? null : cookies.get(0),
            request.getHeader("X-CSRF-Token"),
            request.getHeader(HttpHeaders.ORIGIN),
            request.authority() == null ? null : request.authority().toString(),
            request.getHeader("Sec-Fetch-Site")));
  }

  private static Call validate(Exchange exchange, Routes.Match match, Caller caller, Body body) {
    Operation operation = exchange.operation;
    Map<String, String> path = new HashMap<>();
    match.values().forEach((name, raw) -> path.put(name, Query.decode(raw, false, name)));
    Params params =
        Validation.params(
            operation,
            new Validation.Given(
                path,
                Query.parse(exchange.request.query()),
                exchange.request::getHeader,
                name -> Cookies.of(exchange.request, name)));
    Validation.body(operation, body);
    return new Call(
        Ids.next(),
        operation.id(),
        params,
        body,
        caller,
        exchange.trace,
        operation.policy().priority(),
        Deadline.in(operation.policy().timeout()),
        Wishes.of(exchange.request, operation.policy()));
  }

  private void cancelWhenGone(Exchange exchange, Call call) {
    if (exchange.operation.policy().onDisconnect() == OnDisconnect.FINISH) return;
    if (call.wish().key() != null) return; // its client will ask how it ended
    exchange.onGone(() -> Cancel.TOPIC.publish(vertx, new Cancel(call.id())));
  }

  /** Of a method that nobody knows (RFC 9110 §9.1); they are told apart by case. */
  private static Failure notImplemented() {
    return Failure.of(Category.VALIDATION, "NOT_IMPLEMENTED", "This method is not known.")
        .status(501)
        .suggest("Methods are written in capital letters.");
  }

  private static Failure notFound(HttpServerRequest request) {
    return Failure.notFound("NOT_FOUND", "There is nothing at " + request.path() + ".")
        .suggest("GET /docs shows what there is.");
  }
}
