package dev.sluice.upstream;

import dev.sluice.upstream.connection.Connection;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One event loop's connections to one target, and who waits for one. The last one given back is the
 * next one taken, so that a lane that was wide once narrows again. Not thread-safe.
 */
final class Lane implements Lender {
  private static final int WAITING_A_CONNECTION = 8;
  private static final long KEEP_NANOS = Duration.ofSeconds(30).toNanos();

  private final Target target;
  private final Dialer dialer;
  private final int most;
  private final Deque<Line> free = new ArrayDeque<>();
  private final Deque<Promise<Line>> waiting = new ArrayDeque<>();
  private Line offered;
  private int open;
  private int dialling;
  private boolean shared;
  private boolean retired;

  Lane(Target target, Dialer dialer, UpstreamSettings settings) {
    this.target = target;
    this.dialer = dialer;
    this.most = settings.connections();
    this.shared = settings.http2();
  }

  /**
   * Room for one request on a connection; on one that has just been in use or is new, where {@code
   * fresh}. Fails with {@link Broken}.
   */
  Future<Line> take(boolean fresh) {
    Line line = fresh ? null : freshest();
    if (line != null) {
      occupy(line);
      return Future.succeededFuture(line);
    }
    if (waiting.size() >= WAITING_A_CONNECTION * most) {
      String full = "too many requests wait for a connection";
      return Future.failedFuture(new Broken(Trouble.CONNECTION_LIMIT_REACHED, target, full));
    }
    Promise<Line> promise = Promise.promise();
    waiting.addLast(promise);
    if (fresh && open >= most && !free.isEmpty()) drop(free.peekLast());
    dial();
    return promise.future();
  }

  /** A connection of one request that did not end well is closed. */
  @Override
  public void give(Line line, boolean clean) {
    line.vacate();
    if (line.gone) return;
    boolean usable = line.connection.isShared() || clean && line.connection.isReusable();
    if (!usable || retired && line.isIdle()) drop(line);
    else if (!line.isEnding()) offer(line);
    else if (line.isIdle()) line.connection.close();
  }

  /** Whoever waits is sent away: the target answers nobody. */
  void flush(Broken broken) {
    List<Promise<Line>> flushed = new ArrayList<>(waiting);
    waiting.clear();
    flushed.forEach(promise -> promise.fail(broken));
  }

  void closeIdle(long now) {
    free.removeIf(
        line -> {
          if (!line.isStale(now, KEEP_NANOS)) return false;
          line.free = false;
          line.connection.close();
          return true;
        });
  }

  /** From now on each connection is closed as soon as nobody uses it. */
  void retire() {
    retired = true;
    for (Line line : List.copyOf(free)) if (line.isIdle()) drop(line);
  }

  boolean isEmpty() {
    return open == 0;
  }

  /** The one that was used last; null where that is too long ago for all. */
  private Line freshest() {
    Line line = free.peekFirst();
    if (line == null || !line.isStale(System.nanoTime(), KEEP_NANOS)) return line;
    closeIdle(System.nanoTime());
    return free.peekFirst();
  }

  private void occupy(Line line) {
    line.occupy();
    if (line.hasRoom()) return;
    free.remove(line);
    line.free = false;
  }

  /** To whoever waits, and then to whoever comes; who has left meanwhile gives it back at once. */
  private void offer(Line line) {
    if (offered == line) return;
    offered = line;
    while (line.hasRoom() && !waiting.isEmpty()) {
      Promise<Line> next = waiting.pollFirst();
      occupy(line);
      next.complete(line);
    }
    offered = null;
    if (line.free || !line.hasRoom()) return;
    line.free = true;
    free.addFirst(line);
  }

  private void drop(Line line) {
    if (line.free) free.remove(line);
    line.free = false;
    line.connection.close();
  }

  /** As many as wait; one at a time where many can share it. */
  private void dial() {
    int wanted = shared ? Math.min(1, waiting.size()) : waiting.size();
    while (dialling < wanted && open < most) {
      open++;
      dialling++;
      target.connections.incrementAndGet();
      dialer.dial(target).onSuccess(this::dialled).onFailure(this::refused);
    }
  }

  private void dialled(Connection connection) {
    dialling--;
    Line line = new Line(connection);
    shared = connection.isShared();
    connection.onClose(() -> closed(line));
    connection.onLeave(() -> leave(line));
    offer(line);
    if (retired && line.isIdle()) drop(line);
    dial();
  }

  private void refused(Throwable cause) {
    dialling--;
    lost();
    Broken broken = new Broken(Trouble.of(cause), target, cause.getMessage());
    if (shared) flush(broken);
    else if (!waiting.isEmpty()) waiting.pollFirst().fail(broken);
    dial();
  }

  /** The peer wants no more requests on it; those it knows of it still answers. */
  private void leave(Line line) {
    if (line.gone || line.isEnding()) return;
    line.isLast();
    if (line.free) free.remove(line);
    line.free = false;
    lost();
    if (line.isIdle()) line.connection.close();
    dial();
  }

  private void closed(Line line) {
    if (line.gone) return;
    line.gone = true;
    if (line.free) free.remove(line);
    line.free = false;
    if (line.isEnding()) return; // counted out when it left
    lost();
    dial();
  }

  private void lost() {
    open--;
    target.connections.decrementAndGet();
  }
}
