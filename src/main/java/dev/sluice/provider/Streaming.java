package dev.sluice.provider;

import dev.sluice.bus.FlowWriter;
import dev.sluice.bus.Flows;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.time.Duration;

/**
 * An upstream's answer on its way into a flow, no faster than its reader takes it. Who stops
 * reading resets the upstream request; an upstream that says nothing for too long breaks it off.
 */
final class Streaming {
  private final Vertx vertx;
  private final HttpClientResponse response;
  private final long patienceMillis;
  private final FlowWriter writer;
  private long activeAt = System.nanoTime();
  private boolean held;
  private long timer;

  Streaming(Vertx vertx, HttpClientResponse response, Duration patience) {
    this.vertx = vertx;
    this.response = response;
    this.patienceMillis = patience.toMillis();
    this.writer = Flows.open(vertx);
  }

  FlowWriter begin() {
    response.exceptionHandler(cause -> writer.fail(broken()));
    response.endHandler(end -> writer.end());
    response.handler(this::pass);
    look(patienceMillis);
    writer
        .ended()
        .onComplete(
            done -> {
              vertx.cancelTimer(timer);
              if (done.failed()) response.request().reset();
            });
    return writer;
  }

  private void pass(Buffer chunk) {
    activeAt = System.nanoTime();
    writer.write(chunk);
    if (!writer.writeQueueFull()) return;
    held = true;
    response.pause();
    writer.drainHandler(
        room -> {
          held = false;
          activeAt = System.nanoTime();
          response.resume();
        });
  }

  private void look(long millis) {
    timer = vertx.setTimer(Math.max(1, millis), t -> checkSilent());
  }

  /** An upstream is slow only where the reader is not. */
  private void checkSilent() {
    long silent = (System.nanoTime() - activeAt) / 1_000_000;
    long rest = held ? patienceMillis : patienceMillis - silent;
    if (rest > 0) look(rest);
    else writer.fail(Failure.timeout("The provider"));
  }

  private static Failure broken() {
    return Failure.of(Category.UPSTREAM, "PROVIDER_ERROR", "The provider's answer broke off.");
  }
}
