package dev.sluice.app;

import dev.sluice.bus.Flows;
import dev.sluice.call.Body;
import dev.sluice.call.Cached;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Params;
import dev.sluice.call.Reply;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Validation;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One interceptor's turn in one call. Whatever thread the interceptor comes from, all that happens
 * here happens on the call's own context, so that the rest of its way is taken once.
 */
final class Turn implements Interceptor.Next {
  /** A call, and what is done for it behind the interceptor. */
  record Way(Operation operation, Call call, Function<Call, Future<Reply>> rest) {}

  /** Who is at work. */
  private enum At {
    FIRST, // the interceptor; next has not been called
    REST,
    AFTER, // the interceptor, with what next gave
    OVER
  }

  private final Vertx vertx;
  private final Isolated by;
  private final Way way;
  private final ContextInternal context;
  private final Promise<Reply> answered;
  private final Promise<Void> well = Promise.promise();
  private At at = At.FIRST;
  private Future<Reply> given; // by the rest, once it was asked
  private long since; // when the interceptor got to work,
  private long spent; // and what it had taken by then
  private long timer = -1;

  Turn(Vertx vertx, Isolated by, Way way) {
    this.vertx = vertx;
    this.by = by;
    this.way = way;
    this.context = (ContextInternal) vertx.getOrCreateContext();
    this.answered = context.promise();
  }

  Future<Reply> answered() {
    return answered.future();
  }

  /** Has the interceptor answer; succeeds where it keeps to what it may do. */
  Future<Void> take() {
    since = System.nanoTime();
    try {
      Future<Reply> reply = by.run(way.call, this);
      if (reply == null) broken("gave no future", null);
      else reply.onComplete(outcome -> here(() -> settle(outcome)));
    } catch (Throwable thrown) {
      broken("threw", thrown);
    }
    watch();
    return well.future();
  }

  /** As if there were none, or with this where it may not be passed over. */
  void passOver(Failure refusal) {
    here(
        () -> {
          at = At.OVER;
          if (by.refuses()) answered.fail(refusal);
          else ask(way.call).onComplete(answered);
        });
  }

  @Override
  public Future<Reply> answer() {
    return next(() -> way.call);
  }

  @Override
  public Future<Reply> answer(Params params, Body body) {
    return next(
        () -> {
          boolean sameParams = params == way.call.params();
          boolean sameBody = body == way.call.body();
          return way.call.with(
              sameParams ? params : Validation.params(way.operation, params),
              sameBody ? body : Validation.body(way.operation, body));
        });
  }

  private Future<Reply> next(Supplier<Call> asked) {
    Promise<Reply> told = Promise.promise(); // of no context: it is completed where its work runs
    here(() -> pass(asked, told));
    return told.future();
  }

  private void pass(Supplier<Call> asked, Promise<Reply> told) {
    if (at != At.FIRST) {
      told.fail(new IllegalStateException("next may be asked once, and in time"));
      if (at != At.OVER) broken("asked next twice", null);
      return;
    }
    if (isLate()) {
      told.fail(new IllegalStateException("too late to ask next"));
      broken();
      return;
    }
    Call call;
    try {
      call = asked.get();
    } catch (RuntimeException e) {
      told.fail(e);
      broken("asked next for what the contract refuses", e);
      return;
    }
    rest();
    at = At.REST;
    given = ask(call);
    given.onComplete(outcome -> here(() -> back(outcome, told)));
  }

  /** What is wrong there is no fault of the interceptor's. */
  private Future<Reply> ask(Call call) {
    try {
      return way.rest.apply(call);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  /** The rest has been done. */
  private void back(AsyncResult<Reply> outcome, Promise<Reply> told) {
    if (at == At.OVER) {
      told.tryFail(new IllegalStateException("too late"));
      return;
    }
    at = At.AFTER;
    since = System.nanoTime();
    by.hand(() -> tell(outcome, told));
    watch();
  }

  private void tell(AsyncResult<Reply> outcome, Promise<Reply> told) {
    try {
      if (outcome.succeeded()) told.complete(outcome.result());
      else told.fail(outcome.cause());
    } catch (Throwable thrown) { // what the interceptor does with it runs right here
      here(() -> broken("threw", thrown));
    }
  }

  /** The interceptor has answered. */
  private void settle(AsyncResult<Reply> outcome) {
    if (at == At.OVER) return;
    if (isLate()) broken();
    else if (outcome.failed()) refuse(outcome.cause());
    else if (outcome.result() == null) broken("answered null", null);
    else if (isStrangeStream(outcome.result())) broken("answered with a stream", null);
    else end(Future.succeededFuture(honest(outcome.result())));
  }

  private void refuse(Throwable cause) {
    boolean passedOn = given != null && given.failed() && given.cause() == cause;
    boolean meant = cause instanceof Failure failure && failure.status() < 500;
    if (passedOn || meant) end(Future.failedFuture(cause));
    else broken("failed", cause);
  }

  private boolean isStrangeStream(Reply reply) {
    if (!reply.body().isStreamed() || way.operation.policy().streamsReply()) return false;
    return given == null || !given.succeeded() || given.result().body() != reply.body();
  }

  /** What a cache said of a reply is not true of another. */
  private Reply honest(Reply reply) {
    if (given == null || !given.succeeded()) return reply;
    Reply before = given.result();
    boolean same = before.body() == reply.body() && before.status() == reply.status();
    return same || reply.cached() != before.cached() ? reply : reply.cached(Cached.NONE);
  }

  private void end(Future<Reply> answer) {
    rest();
    at = At.OVER;
    by.took(spent);
    Body used = answer.succeeded() ? answer.result().body() : null;
    if (given != null) given.onSuccess(unused -> drop(unused, used));
    well.complete();
    answer.onComplete(answered);
  }

  /** Nobody will read a stream that is not in the answer. */
  private void drop(Reply reply, Body used) {
    if (reply.body() != used) Flows.drop(vertx, reply.body());
  }

  private void broken() {
    String blocks = "took too long; one that blocks needs worker: true";
    broken(by.isWorker() ? "took too long" : blocks, null);
  }

  /** It did what it must not: the call goes on without it, or is refused. */
  private void broken(String reason, Throwable cause) {
    if (at == At.OVER) return;
    rest();
    at = At.OVER;
    by.took(spent);
    Failure refusal = by.broke(way.call, reason, cause);
    well.fail(refusal);
    if (by.refuses()) {
      if (given != null) given.onSuccess(unused -> drop(unused, null));
      answered.fail(refusal);
    } else {
      Future<Reply> without = given == null ? ask(way.call) : given;
      without.onComplete(answered);
    }
  }

  /** Ends a turn that takes too long, where it does not end by itself. */
  private void watch() {
    if (timer >= 0 || at != At.FIRST && at != At.AFTER) return;
    long left = by.timeoutNanos() - spent - (System.nanoTime() - since);
    long own = TimeUnit.NANOSECONDS.toMillis(left);
    long millis = Math.min(own, way.call.deadline().remainingMillis());
    timer = vertx.setTimer(Math.max(1, millis), t -> here(this::broken));
  }

  /** The interceptor is not at work any more. */
  private void rest() {
    if (at == At.FIRST || at == At.AFTER) spent += System.nanoTime() - since;
    if (timer >= 0) vertx.cancelTimer(timer);
    timer = -1;
  }

  private boolean isLate() {
    long working = at == At.FIRST || at == At.AFTER ? System.nanoTime() - since : 0;
    return spent + working > by.timeoutNanos();
  }

  private void here(Runnable work) {
    if (context.inThread()) work.run();
    else context.runOnContext(v -> work.run());
  }
}
