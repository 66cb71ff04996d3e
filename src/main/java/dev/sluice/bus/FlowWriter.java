package dev.sluice.bus;

import dev.sluice.bus.Flows.Beat;
import dev.sluice.bus.Flows.Chunk;
import dev.sluice.bus.Flows.End;
import dev.sluice.bus.Flows.Grant;
import dev.sluice.bus.Flows.Open;
import dev.sluice.bus.Flows.Stop;
import dev.sluice.call.Body;
import dev.sluice.call.Failure;
import dev.sluice.call.Flow;
import dev.sluice.call.Reply;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.streams.WriteStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The end of a {@link Flow} that is written. Its queue is full once {@link Flows#WINDOW} chunks are
 * written and not read. Buffers are frozen once written.
 *
 * <p>It may be used from any thread; its handlers run on the context it was opened on.
 */
public final class FlowWriter implements WriteStream<Buffer> {
  private final Vertx vertx;
  private final ContextInternal context;
  private final Flow flow;
  private final long idleNanos;
  private final MessageConsumer<Object> ear;
  private final long timer;
  private final Promise<Void> came = Promise.promise();
  private final Promise<Void> ended = Promise.promise();
  private final Deque<Buffer> waiting = new ArrayDeque<>();
  private final AtomicLong written = new AtomicLong();
  private final AtomicBoolean held = new AtomicBoolean();
  private volatile long limit = Flows.WINDOW;
  private volatile Handler<Void> onDrain;
  private volatile Handler<Throwable> onException;
  private String reader;
  private long granted;
  private long sent;
  private long heardAt = System.nanoTime();
  private volatile boolean closing;
  private boolean saidLast;
  private boolean heardLast;
  private Failure why;

  FlowWriter(Vertx vertx, Flow flow, Duration idle) {
    this.vertx = vertx;
    this.context = (ContextInternal) vertx.getOrCreateContext();
    this.flow = flow;
    this.idleNanos = idle.toNanos();
    this.ear = vertx.eventBus().consumer(Flows.writer(flow).name(), this::hear);
    this.timer = context.setPeriodic(Math.max(1, idle.toMillis() / 3), t -> beat());
  }

  /** Its name. To be told at once inside this JVM only: see {@link #ready}. */
  public Flow flow() {
    return flow;
  }

  /** Its name, once every node knows where to find it. */
  public Future<Flow> ready() {
    return ear.completion().map(flow);
  }

  /** A reply, 200, whose body is what is written here. */
  public Future<Reply> reply(String type) {
    return ready().map(known -> Reply.of(200, Body.streamed(known, type)));
  }

  /** Done when its reader has come: until then nobody wants anything. */
  public Future<Void> read() {
    return came.future();
  }

  /**
   * Done when all has been sent; fails with a {@link Failure} where it was broken off: by {@link
   * #fail}, by its reader, or because the reader did not come or is dead.
   */
  public Future<Void> ended() {
    return ended.future();
  }

  /** Fails only where the stream is over. What is done with the bytes, {@link #ended} tells. */
  @Override
  public Future<Void> write(Buffer data) {
    if (ended.future().failed()) return context.failedFuture(ended.future().cause());
    if (closing) return context.failedFuture(new IllegalStateException("the stream has ended"));
    if (data.length() == 0) return context.succeededFuture();
    written.addAndGet((data.length() + Flows.MAX_CHUNK - 1) / Flows.MAX_CHUNK);
    context.emit(data, this::take);
    return context.succeededFuture();
  }

  private void take(Buffer data) {
    if (closing) return;
    int length = data.length();
    if (length <= Flows.MAX_CHUNK) {
      waiting.add(data);
    } else {
      for (int at = 0; at < length; at += Flows.MAX_CHUNK) {
        waiting.add(data.slice(at, Math.min(length, at + Flows.MAX_CHUNK)));
      }
    }
    flush();
  }

  @Override
  public Future<Void> end() {
    context.emit(
        v -> {
          closing = true;
          flush();
        });
    return ended.future();
  }

  /** Breaks it off: what has not been sent is dropped, and the reader is told why. */
  public void fail(Throwable cause) {
    Failure failure = Failure.from(cause);
    if (!ended.tryFail(failure)) return;
    context.emit(
        v -> {
          closing = true;
          why = failure;
          waiting.clear();
          flush();
        });
  }

  @Override
  public boolean writeQueueFull() {
    boolean full = written.get() >= limit && !ended.future().isComplete();
    if (full) held.set(true);
    return full;
  }

  /** Has no effect: the window is the same for all. */
  @Override
  public FlowWriter setWriteQueueMaxSize(int maxSize) {
    return this;
  }

  @Override
  public FlowWriter drainHandler(Handler<Void> handler) {
    onDrain = handler;
    if (handler != null && !context.inThread()) context.emit(v -> tellRoom());
    return this;
  }

  /** Told when the reader leaves or is dead. */
  @Override
  public FlowWriter exceptionHandler(Handler<Throwable> handler) {
    onException = handler;
    return this;
  }

  private void hear(Message<Object> message) {
    heardAt = System.nanoTime();
    if (message.body() instanceof Open open) {
      if (why != null && reader == null) { // there is nothing to come for
        message.reply(why);
        heardLast = true;
        sayLast(why);
      } else if (reader == null) {
        reader = open.reader();
        message.reply(new Beat(sent));
        came.tryComplete();
        grant(open.upTo());
      } else {
        message.reply(Failure.internal().detail("reason", "a stream is read once"));
      }
    } else if (message.body() instanceof Grant grant) {
      grant(grant.upTo());
    } else if (message.body() instanceof Stop stop) {
      heardLast = true;
      end(stop.why() == null ? Flows.cancelled() : new Failure(stop.why()));
    }
  }

  /** Numbers only grow, so that a grant which was lost or comes late does no harm. */
  private void grant(long upTo) {
    if (upTo > granted) {
      granted = upTo;
      limit = Math.max(upTo, Flows.WINDOW);
    }
    flush();
    tellRoom();
  }

  private void tellRoom() {
    Handler<Void> handler = onDrain;
    boolean room = written.get() < limit || ended.future().isComplete();
    if (handler != null && room && held.compareAndSet(true, false)) handler.handle(null);
  }

  private void flush() {
    if (saidLast || reader == null) return;
    while (sent < granted && !waiting.isEmpty()) {
      Flows.send(vertx, reader, new Chunk(sent++, waiting.poll()));
    }
    if (!closing || !waiting.isEmpty()) return;
    sayLast(why);
    ended.tryComplete();
  }

  private void beat() {
    if (System.nanoTime() - heardAt > idleNanos) {
      heardLast = true;
      end(Flows.silent());
    } else if (reader != null && !saidLast) {
      Flows.send(vertx, reader, new Beat(sent));
    }
  }

  /** The other side ends it. */
  private void end(Failure failure) {
    closing = true;
    waiting.clear();
    sayLast(failure);
    if (!ended.tryFail(failure)) return;
    Handler<Throwable> handler = onException;
    if (handler != null) handler.handle(failure);
    tellRoom(); // who waits for room would wait for ever
  }

  /** Each end listens until it has heard the other's last word, so that no word comes too late. */
  private void sayLast(Failure failure) {
    if (reader != null && !saidLast) {
      Flows.send(vertx, reader, new End(sent, failure == null ? null : failure.facts()));
    }
    saidLast = true;
    if (!heardLast) return;
    vertx.cancelTimer(timer);
    ear.unregister();
  }
}
