package dev.sluice.http;

import dev.sluice.app.Engine;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import dev.sluice.contract.Routes;
import dev.sluice.guard.CrossSite;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/** Every step of a request that the fast lane did not answer, top to bottom. */
final class RequestPath {
  private final Engine engine;
  private final Admission admission;
  private final Calls calls;
  private final CrossSite crossSite;
  private final Bodies bodies;
  private final BatchDoor batches;
  private final SocketDoor sockets;
  private final EventsDoor events;
  private final Responder responder;

  /** What it works with, of one event loop. */
  record Means(
      Calls calls,
      Bodies bodies,
      BatchDoor batches,
      SocketDoor sockets,
      EventsDoor events,
      Responder responder) {}

  RequestPath(HttpDoor.Inside inside, Means means) {
    this.engine = inside.engine();
    this.admission = new Admission(inside.guards());
    this.crossSite = inside.guards().crossSite();
    this.calls = means.calls;
    this.bodies = means.bodies;
    this.batches = means.batches;
    this.sockets = means.sockets;
    this.events = means.events;
    this.responder = means.responder;
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
      if (SocketDoor.answers(exchange)) {
        sockets
            .open(exchange)
            .onSuccess(opened -> responder.upgraded(exchange))
            .onFailure(cause -> responder.fail(exchange, cause));
        return;
      }
      if (EventsDoor.answers(exchange)) {
        events(exchange, match).onFailure(cause -> responder.fail(exchange, cause));
        return;
      }
      checkSite(exchange);
      admission
          .admit(exchange, exchange.operation.policy().access(), calls.limit(exchange.operation))
          .compose(caller -> answer(exchange, match, caller, answered))
          .onSuccess(reply -> responder.send(exchange, reply))
          .onFailure(cause -> responder.fail(exchange, cause));
    } catch (RuntimeException refused) {
      responder.fail(exchange, refused);
    }
  }

  private Future<Void> events(Exchange exchange, Routes.Match match) {
    Credential credential = Credential.of(exchange.request, List.of());
    return admission
        .admit(
            exchange,
            credential.asking(exchange),
            exchange.operation.policy().access(),
            calls.limit(exchange.operation))
        .compose(
            caller ->
                bodies
                    .read(exchange)
                    .compose(body -> calls.call(sent(exchange, match), caller, body)))
        .compose(call -> events.open(exchange, credential, call));
  }

  private static Calls.Sent sent(Exchange exchange, Routes.Match match) {
    HttpServerRequest request = exchange.request;
    return new Calls.Sent(
        exchange.operation, match, request.query(), request.headers(), exchange.trace);
  }

  private Future<Reply> answer(
      Exchange exchange, Routes.Match match, Caller caller, Answered answered) {
    return bodies
        .read(exchange)
        .compose(body -> calls.call(sent(exchange, match), caller, body))
        .compose(
            call -> {
              exchange.cancelsWhenGone(call, exchange.operation.policy());
              if (BatchDoor.answers(exchange.operation)) return batches.answer(exchange, call);
              Future<Reply> reply =
                  engine.answer(call).onSuccess(r -> answered.reply(exchange, call, r));
              return exchange.upload == null ? reply : exchange.upload.guard(reply);
            });
  }

  private static void route(Exchange exchange, Routes.Match match) {
    HttpServerRequest request = exchange.request;
    if (match == null) throw Calls.notFound(request.path());
    exchange.operation = match.operation(request.method().name());
    if (exchange.operation != null || request.method() == HttpMethod.OPTIONS) return;
    Failure refused = Calls.notAllowed(request.method().name(), match);
    if (refused.status() == 405) {
      exchange.response.putHeader(HttpHeaders.ALLOW, String.join(", ", match.allowed()));
    }
    throw refused;
  }

  /** OPTIONS (RFC 9110 §9.3.7), and the preflight of a page of another origin (Fetch §3.3.8). */
  private Reply options(Exchange exchange, Routes.Match match) {
    exchange.response.putHeader(HttpHeaders.ALLOW, String.join(", ", match.allowed()));
    if (exchange.request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD) != null) {
      responder.preflight(exchange, match.allowed());
    }
    return Reply.of(204, Body.NONE);
  }

  /** What a cookie authenticates must be what its user wants. */
  private void checkSite(Exchange exchange) {
    if (!exchange.operation.policy().csrf()) return;
    HttpServerRequest request = exchange.request;
    List<String> cookies = Cookies.of(request.headers(), CrossSite.COOKIE);
    crossSite.check(
        new CrossSite.Asked(
            exchange.operation.isSafe(),
            cookies.isEmpty() ? null : cookies.get(0),
            request.getHeader("X-CSRF-Token"),
            request.getHeader(HttpHeaders.ORIGIN),
            request.authority() == null ? null : request.authority().toString(),
            request.getHeader("Sec-Fetch-Site")));
  }
}
