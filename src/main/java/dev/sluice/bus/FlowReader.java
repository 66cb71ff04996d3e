package dev.sluice.bus;

import dev.sluice.bus.Flows.Beat;
import dev.sluice.bus.Flows.Chunk;
import dev.sluice.bus.Flows.End;
import dev.sluice.bus.Flows.Grant;
import dev.sluice.bus.Flows.Open;
import dev.sluice.bus.Flows.Stop;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Flow;
import dev.sluice.call.Ids;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.streams.ReadStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The end of a {@link Flow} that is read, once. It comes to its writer when it is given a handler,
 * and grants as many chunks as that has taken. Taking the handler away cancels the stream, and so
 * does {@link #cancel}. What goes wrong is a {@link Failure}, told after the chunks before it.
 *
 * <p>It may be used from any thread; its handlers run on the context it was made on.
 */
public final class FlowReader implements ReadStream<Buffer> {
  private final Vertx vertx;
  private final ContextInternal context;
  private final Flow flow;
  private final Duration idle;
  private final Promise<Void> found = Promise.promise();
  private final Deque<Buffer> waiting = new ArrayDeque<>();
  private MessageConsumer<Object> ear;
  private Handler<Buffer> onChunk;
  private Handler<Void> onEnd;
  private Handler<Throwable> onException;
  private long timer;
  private long heardAt;
  private long demand = Long.MAX_VALUE;
  private long received;
  private long taken;
  private long granted;
  private boolean begun;
  private boolean pumping;
  private boolean complete;
  private boolean saidLast;
  private boolean over;
  private Failure why;

  FlowReader(Vertx vertx, Flow flow, Duration idle) {
    this.vertx = vertx;
    this.context = (ContextInternal) vertx.getOrCreateContext();
    this.flow = flow;
    this.idle = idle;
  }

  /** Bytes that are here already, as a stream. */
  static FlowReader of(Vertx vertx, Buffer bytes) {
    FlowReader reader = new FlowReader(vertx, null, Flows.IDLE);
    if (bytes.length() > 0) reader.waiting.add(bytes);
    reader.begun = reader.complete = true;
    reader.found.complete();
    return reader;
  }

  @Override
  public FlowReader handler(Handler<Buffer> handler) {
    context.emit(
        v -> {
          onChunk = handler;
          if (handler == null && begun) stop(Flows.cancelled());
          else if (handler != null && !begun) begin();
          else pump();
        });
    return this;
  }

  @Override
  public FlowReader endHandler(Handler<Void> handler) {
    context.emit(v -> onEnd = handler);
    return this;
  }

  @Override
  public FlowReader exceptionHandler(Handler<Throwable> handler) {
    context.emit(v -> onException = handler);
    return this;
  }

  @Override
  public FlowReader pause() {
    context.emit(v -> demand = 0);
    return this;
  }

  @Override
  public FlowReader resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public FlowReader fetch(long amount) {
    context.emit(
        v -> {
          demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
          pump();
        });
    return this;
  }

  /** Done when the writer has answered: the stream is there. */
  public Future<Void> found() {
    return found.future();
  }

  /** No more is wanted: the writer is told, and no handler is called again. */
  public void cancel() {
    cancel(Flows.cancelled());
  }

  /** The same, with what the writer is told. */
  public void cancel(Failure reason) {
    context.emit(v -> stop(reason));
  }

  private void begin() {
    begun = true;
    if (complete) return;
    heardAt = System.nanoTime();
    granted = Flows.WINDOW;
    String address = "flow." + flow.id() + "." + Ids.hex(8);
    ear = vertx.eventBus().consumer(address, this::hear);
    timer = context.setPeriodic(Math.max(1, idle.toMillis() / 3), t -> beat());
    ear.completion().onSuccess(known -> open(address)).onFailure(this::lose);
  }

  private void open(String address) {
    if (complete) return;
    Flows.writer(flow)
        .ask(vertx, new Open(address, granted), Deadline.in(idle))
        .onSuccess(there -> found.tryComplete())
        .onFailure(this::refused);
  }

  /** The writer is not there, or has another reader: it is told nothing. */
  private void refused(Throwable cause) {
    if (complete) return;
    saidLast = true;
    complete(Failure.from(cause));
    detach();
  }

  private void hear(Message<Object> message) {
    heardAt = System.nanoTime();
    if (message.body() instanceof End end) {
      if (!complete) {
        boolean gap = end.why() == null && end.sent() != received;
        Failure broken = end.why() == null ? null : new Failure(end.why());
        sayLast(null);
        complete(gap ? Flows.gap() : broken);
      }
      detach();
    } else if (complete) {
      return;
    } else if (message.body() instanceof Chunk chunk) {
      if (chunk.number() != received) {
        lose(Flows.gap());
        return;
      }
      received++;
      waiting.add(chunk.bytes());
      pump();
    } else if (message.body() instanceof Beat beat && beat.sent() != received) {
      lose(Flows.gap());
    }
  }

  private void beat() {
    boolean silent = System.nanoTime() - heardAt > idle.toNanos();
    if (silent) {
      lose(Flows.silent());
      detach();
    } else if (!complete) {
      tell(new Grant(granted));
    }
  }

  /** It cannot go on. */
  private void lose(Throwable cause) {
    if (complete) return;
    Failure failure = Failure.from(cause);
    sayLast(failure);
    complete(failure);
  }

  /** All is here that will ever be. */
  private void complete(Failure failure) {
    if (failure == null) found.tryComplete();
    else found.tryFail(failure);
    why = failure;
    complete = true;
    pump();
  }

  private void pump() {
    if (pumping || onChunk == null) return;
    pumping = true;
    try {
      while (demand > 0 && !over && !waiting.isEmpty()) {
        if (demand != Long.MAX_VALUE) demand--;
        Buffer next = waiting.poll();
        taken++;
        grant();
        onChunk.handle(next);
      }
    } finally {
      pumping = false;
    }
    if (complete && !over && waiting.isEmpty() && demand > 0) finish();
  }

  /** Halves of the window, so that one message grants several chunks. */
  private void grant() {
    if (complete || taken + Flows.WINDOW - granted < Flows.WINDOW / 2) return;
    granted = taken + Flows.WINDOW;
    tell(new Grant(granted));
  }

  private void finish() {
    over = true;
    if (why != null && onException != null) onException.handle(why);
    else if (why == null && onEnd != null) onEnd.handle(null);
  }

  private void stop(Failure reason) {
    over = true;
    waiting.clear();
    if (complete) return;
    complete = true;
    found.tryFail(reason);
    sayLast(reason);
  }

  /** Each end listens until it has heard the other's last word, so that no word comes too late. */
  private void sayLast(Failure reason) {
    if (saidLast) return;
    saidLast = true;
    tell(new Stop(reason == null ? null : reason.facts()));
  }

  private void tell(Record word) {
    Flows.send(vertx, Flows.writer(flow).name(), word);
  }

  private void detach() {
    if (ear == null) return;
    vertx.cancelTimer(timer);
    ear.unregister();
    ear = null;
  }
}
