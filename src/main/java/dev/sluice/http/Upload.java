package dev.sluice.http;

import dev.sluice.bus.FlowWriter;
import dev.sluice.bus.Flows;
import dev.sluice.call.Failure;
import dev.sluice.call.Flow;
import dev.sluice.call.Reply;
import dev.sluice.framing.FramesHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/**
 * A request's body on its way into a {@link Flow}: read as the handler takes it, counted, and not
 * waited for too long. Nothing is asked of the client before the handler reads.
 */
final class Upload {
  private final Vertx vertx;
  private final Exchange exchange;
  private final HttpServerRequest request;
  private final Bodies.Bounds bounds;
  private final FlowWriter writer;
  private final Promise<Void> broken = Promise.promise();
  private long bytes;
  private boolean held;
  private boolean whole;
  private Patience patience; // there once it is read

  Upload(Vertx vertx, Exchange exchange, Bodies.Bounds bounds) {
    this.vertx = vertx;
    this.exchange = exchange;
    this.request = exchange.request;
    this.bounds = bounds;
    this.writer = Flows.open(vertx);
  }

  Flow begin() {
    request.pause();
    exchange.onGone(() -> fail(Failure.invalid("body", "broke off", null)));
    exchange.response.endHandler(end -> fail(Failure.invalid("body", "is not wanted", null)));
    writer.read().onSuccess(v -> read());
    return writer.flow();
  }

  private void read() {
    if (broken.future().isComplete()) return;
    if (request.headers().contains(HttpHeaders.EXPECT)) exchange.response.writeContinue();
    exchange.onBadBody(this::fail);
    request.handler(this::take);
    request.endHandler(end -> finish());
    patience = new Patience(vertx, bounds.timeout(), this::isHeldUp, () -> fail(bounds.tooSlow()));
    writer.ended().onComplete(over -> patience.end());
    request.resume();
  }

  private void take(Buffer chunk) {
    patience.renew();
    bytes += chunk.length();
    if (bytes > bounds.maxBytes()) {
      fail(bounds.tooLarge());
      return;
    }
    writer.write(chunk);
    if (!writer.writeQueueFull()) return;
    held = true;
    request.pause();
    writer.drainHandler(
        room -> {
          held = false;
          patience.renew();
          if (!broken.future().isComplete()) request.resume();
        });
  }

  /** A client is slow only where the handler is not, and where it may send. */
  private boolean isHeldUp() {
    return held || FramesHandler.isHeldUp(request.connection());
  }

  /** The body will not be whole. */
  private void fail(Failure failure) {
    if (whole || writer.ended().isComplete() || !broken.tryFail(failure)) return;
    request.pause();
    if (failure.status() == 413 || failure.status() == 408) exchange.closeAfter();
    writer.fail(failure);
  }

  private void finish() {
    whole = true;
    patience.end();
    exchange.bodyIsRead();
    writer.end();
  }

  /** The answer; or why the body broke, where that is known first. */
  Future<Reply> guard(Future<Reply> answer) {
    Promise<Reply> first = Promise.promise();
    broken.future().onFailure(first::tryFail);
    answer.onComplete(
        reply -> {
          if (!first.tryComplete(reply)) Flows.drop(vertx, reply.body());
        },
        first::tryFail);
    return first.future();
  }
}
