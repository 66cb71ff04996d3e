package dev.sluice.http;

import dev.sluice.cache.http.Stored;
import dev.sluice.call.Failure;
import dev.sluice.upstream.Trouble;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A client that waits for a {@link Fetch}, perhaps of another event loop. All but {@link #backlog}
 * runs on its own.
 */
final class Reader {
  /** What a part of a body costs on top of its bytes, where they come one by one. */
  private static final int PART_BYTES = 128;

  final Exchange exchange;
  final boolean collapsed;
  private final ContextInternal context;
  private final Responder responder;
  private final Consumer<String> aside;
  private final Deque<Buffer> waiting = new ArrayDeque<>();
  private final AtomicLong backlog = new AtomicLong();
  private Runnable onDrain;
  private boolean ended;
  private boolean direct;
  private boolean over;

  /**
   * Of one client.
   *
   * @param aside has it answered without this fetch: by another for those who ask for the same
   *     variant, which has this name among flights, or alone where that is null
   * @param collapsed whether the fetch was started for another
   */
  Reader(
      ContextInternal context,
      Exchange exchange,
      Responder responder,
      Consumer<String> aside,
      boolean collapsed) {
    this.context = context;
    this.exchange = exchange;
    this.responder = responder;
    this.aside = aside;
    this.collapsed = collapsed;
  }

  /** The fetch is not for this client. */
  void sendAside(String variant) {
    if (over || exchange.isGone()) return;
    over = true;
    aside.accept(variant);
  }

  /** Does something on the client's event loop: at once where that is this one. */
  void run(Runnable action) {
    if (context.inThread()) action.run();
    else context.runOnContext(v -> action.run());
  }

  /** Bytes that were given and are not sent yet. Any thread. */
  long backlog() {
    return backlog.get();
  }

  void hints(MultiMap fields) {
    if (!over) new Delivery(exchange, responder).hints(fields);
  }

  /** Has the answer given to it as it comes. */
  Delivery delivery(Passage passage) {
    over = direct = true;
    Delivery delivery = new Delivery(exchange, responder);
    delivery.by(passage);
    return delivery;
  }

  /** Its client has left. */
  void gone() {
    if (over && !direct) return;
    over = true;
    forget();
    responder.gone(exchange);
  }

  /** Answers with a stored response in place of the origin's. */
  void serveStale(Stored stored, String status, long now) {
    if (over || exchange.isGone()) return;
    over = true;
    responder.stored(exchange, stored, false, status, now);
  }

  /** Answers with a whole stored response. */
  void serve(Stored stored, String status, long now) {
    if (over || exchange.isGone()) return;
    over = true;
    responder.stored(exchange, stored, !collapsed, status, now);
  }

  void fail(Failure failure, Trouble trouble, String status) {
    if (over) return;
    over = true;
    if (!exchange.isGone()) exchange.response.headers().set("cache-status", "Sluice; " + status);
    exchange.cacheStatus = status;
    responder.fail(exchange, failure, trouble);
  }

  /** A body is to follow; false where the client already has it, and is done. */
  boolean begin(Stored head, String length, String status, long now) {
    if (over || exchange.isGone()) return false;
    if (head.isUnchangedFor(exchange.request.headers(), now)) {
      serve(head, status, now);
      return false;
    }
    Delivery.status(exchange.request, head.status(), head.reason());
    String id = exchange.trace.requestId();
    if (collapsed) StoredReply.head(exchange.request, id, head, status, now);
    else StoredReply.first(exchange.request, id, head, status, now);
    if (length != null) exchange.response.putHeader("content-length", length);
    exchange.cacheStatus = status;
    responder.passOn(exchange);
    Delivery.frame(exchange, head.status());
    return true;
  }

  /** Counts a part of the body that {@link #chunk} will be told of. Any thread. */
  void expect(Buffer chunk) {
    backlog.addAndGet(chunk.length() + PART_BYTES);
  }

  void chunk(Buffer chunk) {
    if (over) return;
    waiting.addLast(chunk);
    pump();
  }

  void end() {
    ended = true;
    pump();
  }

  private void pump() {
    Outflow outflow = exchange.outflow();
    outflow.onResume(this::pump);
    while (!waiting.isEmpty() && !over) {
      if (outflow.isFull()) return;
      Buffer next = waiting.pollFirst();
      outflow.write(next);
      long cost = next.length() + PART_BYTES;
      long left = backlog.addAndGet(-cost);
      boolean eased = left <= Audience.WINDOW && left + cost > Audience.WINDOW;
      if (onDrain != null && eased) onDrain.run();
    }
    if (!ended || over) return;
    over = true;
    exchange.ending();
    outflow.end();
    if (onDrain != null) onDrain.run();
  }

  /** Whom to tell when little of the backlog is left, and when nothing will be. */
  void onDrain(Runnable action) {
    onDrain = action;
  }

  private void forget() {
    waiting.clear();
    backlog.set(0);
    if (onDrain != null) onDrain.run();
  }

  void breakOff() {
    if (over) return;
    over = true;
    forget();
    responder.breakOff(exchange);
  }
}
