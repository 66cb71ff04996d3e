package dev.sluice.upstream;

import dev.sluice.upstream.Target.Reason;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop's way to one upstream: a lane a target, what is under way, and the share of
 * retries. To be used on that event loop alone.
 */
public final class Pool {
  private static final Logger LOG = LoggerFactory.getLogger(Pool.class);
  private static final long COMPLAINT_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long SWEEP_MILLIS = 250;

  /** Something under way, which is asked now and then whether it has waited for too long. */
  public interface Watched {
    /** May give up, or take another target where its {@link Link#isSilent}. */
    void check(long nowNanos, long longestNanos);
  }

  private final Upstream upstream;
  private final Vertx vertx;
  private final Context context;
  private final Choice choice;
  private final Choice socketChoice;
  private final Budget budget;
  private final Map<Target, Lane> lanes = new HashMap<>();
  private final Map<Target, SocketLane> socketLanes = new HashMap<>();
  private final Set<Watched> underway = new HashSet<>();
  private final boolean watched;
  private final long timer;
  private int lent;
  private boolean retired;
  private long complained;

  Pool(Vertx vertx, Context context, Upstream upstream) {
    this.vertx = vertx;
    this.context = context;
    this.upstream = upstream;
    this.choice = new Choice(upstream.targets());
    this.socketChoice = new Choice(upstream.targets(), target -> target.sockets.get());
    this.budget = new Budget(settings().retry().budget());
    this.watched = upstream.isWatched();
    for (Target target : upstream.targets().all()) {
      lanes.put(target, new Lane(target, upstream.dialer(), settings()));
      socketLanes.put(
          target, new SocketLane(target, upstream.dialer(), upstream.sockets(), settings()));
    }
    this.timer = vertx.setPeriodic(SWEEP_MILLIS, t -> sweep());
  }

  public String name() {
    return upstream.name();
  }

  public UpstreamSettings settings() {
    return upstream.settings();
  }

  /** Leave to send a new request to the least loaded target. Fails with {@link Broken}. */
  public Future<Link> take() {
    budget.request(System.nanoTime());
    return take(Set.of(), false);
  }

  /**
   * The same for a request that has been sent before.
   *
   * @param tried where it need not be sent again, unless there is nothing else
   * @param fresh not on a connection that has been idle
   */
  public Future<Link> take(Set<Target> tried, boolean fresh) {
    Target target = next(choice, tried);
    if (target == null) return nowhere();
    began(target);
    Lane lane = lanes.get(target);
    Future<Line> line = lane.take(fresh);
    if (line.succeeded()) {
      return Future.succeededFuture(new Link(this, lane, line.result(), target));
    }
    return lent(target, lane, line);
  }

  /**
   * Leave to ask the target with the fewest sockets for one more, on a connection of its own. Fails
   * with {@link Broken}.
   */
  public Future<Link> takeSocket() {
    budget.request(System.nanoTime());
    return takeSocket(Set.of());
  }

  /** The same for one that has been asked for before. */
  public Future<Link> takeSocket(Set<Target> tried) {
    Target target = next(socketChoice, tried);
    if (target == null) return nowhere();
    began(target);
    SocketLane lane = socketLanes.get(target);
    return lent(target, lane, lane.take());
  }

  private static Target next(Choice choice, Set<Target> tried) {
    Target untried = choice.next(tried);
    return untried == null ? choice.next(Set.of()) : untried;
  }

  /** The last one fell ill between two looks at it. */
  private static Future<Link> nowhere() {
    String none = "there is no target in use";
    return Future.failedFuture(new Broken(Trouble.DESTINATION_UNAVAILABLE, null, none));
  }

  private void began(Target target) {
    target.began();
    lent++;
  }

  private Future<Link> lent(Target target, Lender lender, Future<Line> line) {
    return line.map(taken -> new Link(this, lender, taken, target))
        .onFailure(
            cause -> {
              target.answered();
              target.ended();
              returned();
              Trouble trouble = Trouble.of(cause);
              if (trouble != Trouble.CONNECTION_LIMIT_REACHED) failed(target, trouble);
            });
  }

  /** Whether a request may be sent to another target; if so it is counted as sent. */
  public boolean mayRetry(Set<Target> tried) {
    if (!upstream.targets().isSeveral() || choice.next(tried) == null) return false;
    if (budget.retry(System.nanoTime())) {
      upstream.meters().retried();
      return true;
    }
    complain("no retry: they have had their share of the requests");
    return false;
  }

  public void began(Watched exchange) {
    underway.add(exchange);
  }

  public void ended(Watched exchange) {
    underway.remove(exchange);
    if (isDone()) finish();
  }

  /** A link has been given back, or could not be lent. */
  void returned() {
    lent--;
    if (isDone()) finish();
  }

  private boolean isDone() {
    return retired && lent == 0 && underway.isEmpty();
  }

  /** Logs what is wrong with the upstream, once a second at most. */
  public void complain(String what) {
    long now = System.nanoTime();
    if (complained != 0 && now - complained < COMPLAINT_NANOS) return;
    complained = now;
    LOG.warn("upstream {}: {}", name(), what);
  }

  boolean isWatched() {
    return watched;
  }

  void answered(Target target, int status) {
    if (settings().ejection().statuses().contains(status)) count(target, "status " + status);
    else target.succeeded();
  }

  void failed(Target target, Trouble trouble) {
    upstream.meters().failed(target, trouble);
    count(target, trouble.word());
  }

  /** Any thread: what is under way to a silent target need not wait for the next sweep. */
  void silent(Target target) {
    context.runOnContext(
        v -> {
          String silent = "the target answers nobody";
          lanes.get(target).flush(new Broken(Trouble.HTTP_RESPONSE_TIMEOUT, target, silent));
          sweep();
        });
  }

  /** Any thread: lets what is under way end, and closes connections as they become idle. */
  void retire() {
    context.runOnContext(
        v -> {
          retired = true;
          lanes.values().forEach(Lane::retire);
          if (isDone()) finish();
        });
  }

  private void finish() {
    vertx.cancelTimer(timer);
    upstream.ended(this);
  }

  private void count(Target target, String what) {
    int most = settings().ejection().failures();
    if (most == 0 || !target.failed(most)) return;
    if (upstream.targets().eject(target, Reason.FAILURES)) {
      LOG.warn("upstream {}: {} is out after {} failures: {}", name(), target, most, what);
    }
  }

  private void sweep() {
    long now = System.nanoTime();
    long longest = settings().idleTimeout().toNanos();
    for (Watched exchange : List.copyOf(underway)) exchange.check(now, longest);
    lanes.values().forEach(lane -> lane.closeIdle(now));
  }
}
