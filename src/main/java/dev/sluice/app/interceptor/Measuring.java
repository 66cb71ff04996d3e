package dev.sluice.app.interceptor;

import dev.sluice.app.Interceptor;
import dev.sluice.call.Call;
import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.call.Peer;
import dev.sluice.call.Reply;
import dev.sluice.observe.Metrics;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Measures calls by operation, kind of caller and kind of answer, whichever door they came through:
 * {@code operation_duration_seconds}.
 */
public final class Measuring implements Interceptor {
  private final Map<Kind, Timer> timers = new ConcurrentHashMap<>();
  private Metrics metrics;

  /** Of few values each: an id would be a meter for everybody. */
  private record Kind(String operation, String caller, String status) {}

  @Override
  public void check(JsonObject settings) {
    Knob.onlyKnown(settings, Set.of());
  }

  @Override
  public Future<?> open(Opening opening) {
    metrics = opening.metrics();
    return Future.succeededFuture();
  }

  @Override
  public Future<Reply> answer(Call call, Next next) {
    long began = System.nanoTime();
    return next.answer()
        .onComplete(
            outcome -> {
              Kind kind = new Kind(call.operation(), kind(call.caller()), status(outcome));
              timers
                  .computeIfAbsent(kind, this::timer)
                  .record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
            });
  }

  private Timer timer(Kind kind) {
    return metrics.timer(
        "operation.duration",
        "What calls take, by who calls",
        "operation",
        kind.operation,
        "caller",
        kind.caller,
        "status",
        kind.status);
  }

  private static String kind(Caller caller) {
    if (!caller.isAnonymous()) return caller.session() == null ? "token" : "session";
    return caller.peer().equals(Peer.INSIDE) ? "inside" : "anonymous";
  }

  private static String status(AsyncResult<Reply> outcome) {
    int status =
        outcome.succeeded() ? outcome.result().status() : Failure.from(outcome.cause()).status();
    return status / 100 + "xx";
  }
}
