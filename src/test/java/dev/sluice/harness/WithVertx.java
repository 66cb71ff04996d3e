package dev.sluice.harness;

import dev.sluice.bus.RecordCodec;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.threadchecker.BlockedThreadEvent;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** A Vert.x of its own for each test that carries records; a blocked event loop fails the test. */
public final class WithVertx implements ParameterResolver, AfterEachCallback {
  private static final Namespace HERE = Namespace.create(WithVertx.class);
  private static final long BLOCKED_MILLIS = 1000;
  private static final long HANG_NANOS = TimeUnit.SECONDS.toNanos(8);

  private record Running(Vertx vertx, Queue<String> blocked) {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Vertx.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(HERE)
        .getOrComputeIfAbsent("vertx", key -> start(), Running.class)
        .vertx;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Running running = context.getStore(HERE).remove("vertx", Running.class);
    if (running == null) return;
    Await.result(running.vertx.close());
    if (!running.blocked.isEmpty()) throw new AssertionError("blocked: " + running.blocked);
  }

  /** A thread that waits is at fault; one that runs may be starved, or loading classes. */
  private static boolean isAtFault(BlockedThreadEvent event) {
    Thread.State state = event.thread().getState();
    boolean waits = state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
    return waits || event.duration() > HANG_NANOS;
  }

  private static Running start() {
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setBlockedThreadCheckInterval(200)
                .setBlockedThreadCheckIntervalUnit(TimeUnit.MILLISECONDS)
                .setMaxEventLoopExecuteTime(BLOCKED_MILLIS)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS));
    Queue<String> blocked = new ConcurrentLinkedQueue<>();
    ((VertxInternal) vertx)
        .blockedThreadChecker()
        .setThreadBlockedHandler(
            event -> {
              if (isAtFault(event)) {
                blocked.add(event.thread().getName() + " " + event.duration() + " ns");
              }
            });
    RecordCodec.register(vertx);
    return new Running(vertx, blocked);
  }
}
