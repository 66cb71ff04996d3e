package dev.sluice.outward;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what is due, so much at a time, whenever there may be something. On one event loop. */
public final class Rounds<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);
  private static final long LONGEST_SLEEP_MILLIS = 30_000;
  private static final long PAUSE_MILLIS = 1_000;
  private static final long CLOSING_MILLIS = 2_000;

  private final Vertx vertx;
  private final Context context;
  private final String name;
  private final Work<T> work;
  private final Promise<Void> idle = Promise.promise();
  private int underWay;
  private boolean taking;
  private boolean woken;
  private boolean closing;
  private long timer = -1;

  /** Where what is due comes from, and what becomes of it. */
  public interface Work<T> {
    /** How much may be under way at once. */
    int permits();

    /** Takes what is due, so much at most, which is this node's from then on. */
    Future<List<T>> take(int room);

    /** How many milliseconds until something is due, negative where it is; null, nothing waits. */
    Future<Long> next();

    /** Does it; whichever way that ends, there is room again. */
    Future<Void> run(T taken);
  }

  /**
   * On the event loop that this is made on.
   *
   * @param name of what waits, in the log
   */
  public Rounds(Vertx vertx, String name, Work<T> work) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.name = name;
    this.work = work;
  }

  /** From any thread: there may be something that is due. */
  public void wake() {
    context.runOnContext(v -> take());
  }

  /** From any thread: takes nothing more, and waits a moment for what is under way. */
  public Future<Void> drain() {
    context.runOnContext(
        v -> {
          closing = true;
          if (underWay == 0) idle.tryComplete();
        });
    return idle.future().timeout(CLOSING_MILLIS, TimeUnit.MILLISECONDS).otherwiseEmpty();
  }

  private void take() {
    int room = work.permits() - underWay;
    woken = true;
    if (taking || closing || room <= 0) return;
    taking = true;
    woken = false;
    vertx.cancelTimer(timer);
    work.take(room)
        .onSuccess(taken -> taken.forEach(this::run))
        .compose(taken -> taken.size() < room ? work.next() : Future.succeededFuture())
        .onComplete(
            next -> {
              taking = false;
              if (next.failed()) LOG.warn("{} wait: {}", name, next.cause().getMessage());
              if (woken && next.succeeded()) take();
              else if (next.failed()) sleep(PAUSE_MILLIS);
              else sleep(next.result());
            });
  }

  /** What is due and may not be taken yet is taken when something that is under way ends. */
  private void sleep(Long millis) {
    if (closing) return;
    long time = millis == null ? LONGEST_SLEEP_MILLIS : Math.min(LONGEST_SLEEP_MILLIS, millis);
    timer = vertx.setTimer(time <= 0 ? PAUSE_MILLIS : time + 1, t -> take());
  }

  private void run(T taken) {
    underWay++;
    Future.succeededFuture(taken)
        .compose(work::run)
        .onComplete(
            done -> {
              underWay--;
              if (closing && underWay == 0) idle.tryComplete();
              take();
            });
  }
}
