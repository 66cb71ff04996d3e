package dev.sluice.app;

import dev.sluice.app.InterceptorSettings.OnFailure;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Reply;
import dev.sluice.contract.Operation;
import dev.sluice.observe.Metrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.CircuitBreakerOptions;
import io.vertx.circuitbreaker.OpenCircuitException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An interceptor that can harm no more than its policy lets it, whatever it does. */
final class Isolated {
  private static final Logger LOG = LoggerFactory.getLogger(Isolated.class);
  private static final int THREADS = 8;
  private static final int MOST_WAITING = 1000;
  private static final long OPENING_SECONDS = 30;

  private final Vertx vertx;
  private final Metrics metrics;
  private final InterceptorSettings settings;
  private final Interceptor interceptor;
  private final CircuitBreaker breaker;
  private final WorkerExecutor workers; // null where it runs on event loops
  private final AtomicInteger working = new AtomicInteger();
  private final Counter failures;
  private final Counter out;
  private final Timer times;

  Isolated(Vertx vertx, Metrics metrics, Interceptors.Listed listed) {
    this.vertx = vertx;
    this.metrics = metrics;
    this.settings = listed.settings();
    this.interceptor = listed.interceptor();
    this.breaker = breaker();
    this.workers =
        settings.worker()
            ? vertx.createSharedWorkerExecutor("interceptor-" + UUID.randomUUID(), THREADS)
            : null;
    String[] labels = {"interceptor", settings.name()};
    failures = metrics.counter("interceptor.failures", "Calls that one failed", labels);
    out = metrics.counter("interceptor.passed.over", "Calls while one was taken out", labels);
    times = metrics.timer("interceptor.duration", "What one took, without the rest", labels);
  }

  private CircuitBreaker breaker() {
    Duration reset = settings.breaker().reset();
    return CircuitBreaker.create(
            settings.name(),
            vertx,
            new CircuitBreakerOptions()
                .setMaxFailures(settings.breaker().failures())
                .setResetTimeout(reset.toMillis())
                .setTimeout(-1))
        .openHandler(
            o ->
                LOG.error(
                    "interceptor {} is taken out for {} ms", settings.name(), reset.toMillis()))
        .closeHandler(c -> LOG.info("interceptor {} is back", settings.name()));
  }

  InterceptorSettings settings() {
    return settings;
  }

  boolean sees(String operation) {
    return settings.operations().isEmpty() || settings.operations().contains(operation);
  }

  Future<?> open() {
    Interceptor.Opening opening =
        new Interceptor.Opening(vertx, new JsonObject(settings.settings()), metrics);
    return vertx
        .<Future<?>>executeBlocking(() -> interceptor.open(opening), false)
        .compose(opened -> opened == null ? Future.succeededFuture() : opened.mapEmpty())
        .timeout(OPENING_SECONDS, TimeUnit.SECONDS)
        .recover(
            e -> {
              LOG.error("interceptor {} does not open", settings.name(), e);
              String reason = settings.name() + " does not open: " + e.getMessage();
              return Future.failedFuture(new IllegalStateException(reason));
            });
  }

  Future<?> close() {
    breaker.close();
    return vertx
        .<Future<?>>executeBlocking(interceptor::close, false)
        .compose(closed -> closed == null ? Future.succeededFuture() : closed.mapEmpty())
        .timeout(OPENING_SECONDS, TimeUnit.SECONDS)
        .onFailure(e -> LOG.warn("interceptor {} does not close", settings.name(), e))
        .eventually(() -> workers == null ? Future.succeededFuture() : workers.close());
  }

  Future<Reply> answer(Operation operation, Call call, Function<Call, Future<Reply>> rest) {
    Turn turn = new Turn(vertx, this, new Turn.Way(operation, call, rest));
    breaker
        .execute(turn::take)
        .onFailure(
            e -> {
              if (!(e instanceof OpenCircuitException)) return;
              out.increment();
              turn.passOver(refusal(503).retryAfter(settings.breaker().reset()));
            });
    return turn.answered();
  }

  /** Runs it, where it may block on a thread of its own. */
  Future<Reply> run(Call call, Interceptor.Next next) {
    return workers == null
        ? interceptor.answer(call, next)
        : work(() -> interceptor.answer(call, next))
            .compose(reply -> reply == null ? Future.succeededFuture() : reply);
  }

  /** Does something of the interceptor's where it may be done. */
  void hand(Runnable work) {
    if (workers == null) {
      work.run();
    } else {
      work(
          () -> {
            work.run();
            return null;
          });
    }
  }

  private <T> Future<T> work(Callable<T> work) {
    if (working.incrementAndGet() > THREADS + MOST_WAITING) {
      working.decrementAndGet();
      return Future.failedFuture(new IllegalStateException("too many calls wait for it"));
    }
    return workers.executeBlocking(work, false).onComplete(done -> working.decrementAndGet());
  }

  boolean isWorker() {
    return workers != null;
  }

  boolean refuses() {
    return settings.onFailure() == OnFailure.REFUSE;
  }

  long timeoutNanos() {
    return settings.timeout().toNanos();
  }

  void took(long nanos) {
    times.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** It did what it must not; gives what the call is refused with, where it is. */
  Failure broke(Call call, String reason, Throwable cause) {
    failures.increment();
    LOG.warn("interceptor {}, {}: {}", settings.name(), call.operation(), reason, cause);
    return refusal(500);
  }

  private static Failure refusal(int status) {
    return Failure.of(
            status == 503 ? Category.SERVICE_UNAVAILABLE : Category.SERVER,
            "INTERCEPTOR_FAILED",
            "What must see this call before it is answered does not work.")
        .suggest("Try again later; if it stays, report the correlation id.");
  }
}
