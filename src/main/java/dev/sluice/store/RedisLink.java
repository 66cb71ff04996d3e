package dev.sluice.store;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Two live connections to Redis, one for commands, which are pipelined, and one for messages. It is
 * lost when either ends or when Redis says nothing for {@link #SILENT_DEADLINES} deadlines; once
 * lost it stays so. Apart from {@code send} and {@code batch}, which any thread may call, it lives
 * on one event loop and needs no locks.
 */
final class RedisLink {
  /**
   * One late reply is a slow command; silence that lasts this many deadlines is a frozen server.
   */
  private static final int SILENT_DEADLINES = 3;

  private static final int CONNECT_SECONDS = 1;

  private final Vertx vertx;
  private final ContextInternal context;
  private final io.vertx.redis.client.Redis client;
  private final RedisConnection commands;
  private final RedisConnection messages;
  private final long deadlineNanos;
  private final Promise<Void> lost = Promise.promise();
  private final Queue<Waiter<?>> waiters = new ArrayDeque<>();
  private final AtomicInteger inFlight = new AtomicInteger();
  private int owed;
  private long heardNanos;
  private boolean watching;

  private RedisLink(
      Vertx vertx,
      io.vertx.redis.client.Redis client,
      RedisConnection commands,
      RedisConnection messages,
      Duration deadline) {
    this.vertx = vertx;
    this.context = (ContextInternal) vertx.getOrCreateContext();
    this.client = client;
    this.commands = commands;
    this.messages = messages;
    this.deadlineNanos = deadline.toNanos();
    for (RedisConnection connection : List.of(commands, messages)) {
      connection.exceptionHandler(e -> lost.tryComplete());
      connection.endHandler(x -> lost.tryComplete());
    }
  }

  /**
   * Connects and sees that Redis answers; call it on the event loop that the link is to live on.
   */
  static Future<RedisLink> connect(Vertx vertx, RedisOptions options, Duration deadline) {
    // A client an attempt: closing it is the only way to end a connection that a frozen server
    // accepted
    io.vertx.redis.client.Redis client = io.vertx.redis.client.Redis.createClient(vertx, options);
    return Future.all(client.connect(), client.connect())
        .map(both -> new RedisLink(vertx, client, both.resultAt(0), both.resultAt(1), deadline))
        .compose(link -> link.commands.send(Request.cmd(Command.PING)).map(link))
        .timeout(CONNECT_SECONDS, TimeUnit.SECONDS)
        .onFailure(e -> client.close());
  }

  /** Completes when the link is of no use any more. */
  Future<Void> lost() {
    return lost.future();
  }

  Future<Response> send(Request request) {
    return deliver(1, true, () -> commands.send(request));
  }

  Future<List<Response>> batch(List<Request> requests) {
    return deliver(requests.size(), true, () -> commands.batch(requests));
  }

  /** The same without a deadline: it is answered, or the link is lost. */
  Future<List<Response>> batchPatiently(List<Request> requests) {
    return deliver(requests.size(), false, () -> commands.batch(requests));
  }

  /** Hears what arrives on subscribed channels. */
  void onMessage(Handler<Response> handler) {
    messages.handler(handler);
  }

  Future<Void> subscribe(String channel) {
    return messages
        .send(Request.cmd(Command.SUBSCRIBE).arg(channel))
        .<Void>mapEmpty()
        .recover(e -> Future.failedFuture(reason(e)));
  }

  Future<Void> close() {
    lost.tryComplete();
    return client.close();
  }

  private <T> Future<T> deliver(int count, boolean hurries, Supplier<Future<T>> sending) {
    ContextInternal caller = (ContextInternal) vertx.getOrCreateContext();
    if (inFlight.addAndGet(count) > Redis.MAX_IN_FLIGHT) {
      inFlight.addAndGet(-count);
      return caller.failedFuture(new RedisUnavailable("Redis has too many commands to answer"));
    }
    Waiter<T> waiter = new Waiter<>(caller.promise(), System.nanoTime() + deadlineNanos);
    context.execute(() -> inContext(() -> dispatch(count, hurries, sending, waiter)));
    return waiter.promise.future();
  }

  /** Tracing needs one, which neither another thread's caller nor a socket's frame comes with. */
  private void inContext(Runnable work) {
    if (Vertx.currentContext() == null) context.dispatch(work);
    else work.run();
  }

  private <T> void dispatch(
      int count, boolean hurries, Supplier<Future<T>> sending, Waiter<T> waiter) {
    if (owed == 0) {
      heardNanos = System.nanoTime(); // the silence up to now means nothing
    }
    owed += count;
    if (hurries) waiters.add(waiter);
    sending
        .get()
        .onComplete(
            done -> {
              inFlight.addAndGet(-count);
              owed -= count;
              heardNanos = System.nanoTime();
              if (done.succeeded()) {
                waiter.promise.tryComplete(done.result());
              } else {
                waiter.promise.tryFail(reason(done.cause()));
              }
            });
    watch();
  }

  /**
   * One timer serves all commands: they wait equally long, so they expire in the order they were
   * sent.
   */
  private void watch() {
    if (watching || owed == 0 && waiters.isEmpty()) {
      return;
    }
    watching = true;
    Waiter<?> first = waiters.peek();
    long nanos = first == null ? deadlineNanos : first.expiresNanos - System.nanoTime();
    vertx.setTimer(
        Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos + 999_999)),
        id -> {
          watching = false;
          expire(System.nanoTime());
          watch();
        });
  }

  private void expire(long now) {
    for (Waiter<?> w = waiters.peek(); w != null && w.isOver(now); w = waiters.peek()) {
      waiters.remove().promise.tryFail(new RedisUnavailable("Redis did not answer in time"));
    }
    if (owed > 0 && now - heardNanos >= SILENT_DEADLINES * deadlineNanos) {
      lost.tryComplete();
    }
  }

  /** What Redis itself replied stays as it is; all else means that it is away. */
  private static Throwable reason(Throwable cause) {
    return cause instanceof ErrorType error && !isOfTheConnection(error.getMessage())
        ? cause
        : new RedisUnavailable("The connection to Redis ended");
  }

  /** In a batch it is told as if Redis had said it. */
  private static boolean isOfTheConnection(String message) {
    return message.contains("CONNECTION_CLOSED") || message.endsWith("Exception");
  }

  private record Waiter<T>(Promise<T> promise, long expiresNanos) {
    boolean isOver(long now) {
      return promise.future().isComplete() || now - expiresNanos >= 0;
    }
  }
}
