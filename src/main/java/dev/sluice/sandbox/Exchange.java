package dev.sluice.sandbox;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries one request through a provider: counts it, plays its fault, sends the answer. */
final class Exchange {

  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
  private static final String CALL = Call.class.getName();
  private static final Buffer GARBAGE =
      Buffer.buffer("<html><body><h1>Bad Gateway</h1>\u0000\uFFFD not JSON</body>");

  private final Vertx vertx;
  private final Calls calls;
  private final Faults faults;

  Exchange(Vertx vertx, Calls calls, Faults faults) {
    this.vertx = vertx;
    this.calls = calls;
    this.faults = faults;
  }

  /** Counts the call from its head on, so that one given up while its body comes is seen too. */
  void begin(SimulatedProvider provider, Operation operation, RoutingContext ctx) {
    Call call = calls.begin(provider.name(), operation.name(), ctx.request());
    ctx.put(CALL, call);
    HttpServerResponse response = ctx.response();
    response
        .closeHandler(
            closed -> {
              // an HTTP/2 stream closes after a whole answer too; then the write tells how it went
              if (!response.ended()) {
                calls.end(call, Call.Outcome.ABORTED);
              }
            })
        .exceptionHandler(broken -> calls.end(call, Call.Outcome.ABORTED));
  }

  /** Whether this request was taken by an operation. */
  static boolean begun(RoutingContext ctx) {
    return ctx.get(CALL) != null;
  }

  /** Answers the call, once its body is here. */
  void answer(SimulatedProvider provider, Operation operation, RoutingContext ctx) {
    Call call = ctx.get(CALL);
    Fault fault = faults.take(provider.name(), operation.name());
    pause(fault.delayMs())
        .compose(
            elapsed -> {
              if (!call.open()) {
                return Future.succeededFuture();
              }
              if (fault.dropsAtOnce()) {
                return drop(call, ctx);
              }
              return send(fault, call, ctx, faulty(fault, provider, operation, ctx));
            })
        .onFailure(ctx::fail);
  }

  /** What the provider says when the request cannot be read, or the simulator itself fails. */
  void fail(SimulatedProvider provider, RoutingContext ctx) {
    Call call = ctx.get(CALL);
    if (call == null || !call.open()) {
      return;
    }
    int status = ctx.statusCode() < 400 ? 500 : ctx.statusCode();
    if (status == 500) {
      LOG.error("The simulated {} failed", provider.name(), ctx.failure());
    }
    send(Fault.NONE, call, ctx, provider.failure(ctx, status));
  }

  private Future<Void> pause(long millis) {
    return millis == 0
        ? Future.succeededFuture()
        : vertx.timer(millis, TimeUnit.MILLISECONDS).mapEmpty();
  }

  private static Answer faulty(
      Fault fault, SimulatedProvider provider, Operation operation, RoutingContext ctx) {
    if (fault.garbage()) {
      int status = fault.status() == null ? 200 : fault.status();
      return new Answer(status, Map.of("content-type", "text/html"), GARBAGE);
    }
    return fault.status() == null
        ? operation.answer().apply(ctx)
        : provider.failure(ctx, fault.status());
  }

  private Future<Void> send(Fault fault, Call call, RoutingContext ctx, Answer answer) {
    call.answering(answer.status());
    HttpServerResponse response = ctx.response().setStatusCode(answer.status());
    answer.headers().forEach(response::putHeader);
    if (fault.dropsInBody()) {
      response.putHeader("content-length", String.valueOf(answer.body().length()));
      return response
          .write(answer.body().slice(0, answer.body().length() / 2))
          .eventually(() -> drop(call, ctx));
    }
    return response
        .end(answer.body())
        .onSuccess(sent -> calls.end(call, Call.Outcome.ANSWERED))
        .recover(
            gone -> {
              calls.end(call, Call.Outcome.ABORTED);
              return Future.succeededFuture();
            });
  }

  private Future<Void> drop(Call call, RoutingContext ctx) {
    calls.end(call, Call.Outcome.DROPPED);
    return ctx.request().connection().close();
  }
}
