package dev.sluice.push;

import dev.sluice.outward.Lanes;
import dev.sluice.outward.Names;
import dev.sluice.outward.Parcel;
import dev.sluice.outward.Rounds;
import dev.sluice.outward.Sender;
import dev.sluice.outward.Sent;
import dev.sluice.push.PushMeters.Outcome;
import dev.sluice.push.Turns.Room;
import dev.sluice.push.Turns.Taken;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what is due, so much at a time, and of it so much to one host and for one user, so that a
 * push service that hangs holds up nobody else's.
 */
final class PushVerticle extends VerticleBase implements Rounds.Work<Taken> {
  private static final Logger LOG = LoggerFactory.getLogger(PushVerticle.class);
  private static final Duration MARGIN = Duration.ofSeconds(30); // to write down how it went
  private static final int WORKERS = 2;

  private final Turns turns;
  private final Names names;
  private final Audience audience;
  private final PushMeters meters;
  private final Lanes hosts = new Lanes();
  private final Lanes owners = new Lanes();
  private final Complaints complaints = new Complaints();
  private Way way;
  private Sender sender;
  private WorkerExecutor workers;
  private Rounds<Taken> rounds;

  /**
   * By what it sends.
   *
   * @param vapid null while there is no subject, and nothing is sent
   */
  record Way(PushSettings settings, Vapid vapid) {}

  PushVerticle(Way way, Turns turns, Names names, Audience audience, PushMeters meters) {
    this.way = way;
    this.turns = turns;
    this.names = names;
    this.audience = audience;
    this.meters = meters;
  }

  @Override
  public Future<?> start() {
    sender = new Sender(vertx, way.settings().reach(), names);
    workers = vertx.createSharedWorkerExecutor("push", WORKERS);
    rounds = new Rounds<>(vertx, "push messages", this);
    rounds.wake();
    return Future.succeededFuture();
  }

  /** From any thread: there may be something that is due. */
  void wake() {
    rounds.wake();
  }

  /** From any thread; attempts under way go on as they began. */
  void use(Way next) {
    context.runOnContext(
        v -> {
          sender.retire();
          way = next;
          sender = new Sender(vertx, next.settings().reach(), names);
          rounds.wake();
        });
  }

  /** From any thread: takes nothing more, and waits a moment for what is under way. */
  Future<Void> drain() {
    return rounds.drain();
  }

  @Override
  public int permits() {
    return way.vapid() == null ? 0 : way.settings().permits();
  }

  @Override
  public Future<List<Taken>> take(int room) {
    PushSettings by = way.settings();
    return turns.take(
        new Room(hosts, by.perHost(), owners, by.perOwner(), room), by.timeout().plus(MARGIN));
  }

  @Override
  public Future<Long> next() {
    return turns.next();
  }

  @Override
  public Future<Void> run(Taken taken) {
    hosts.enter(taken.host());
    owners.enter(taken.owner());
    meters.began();
    return end(taken)
        .compose(end -> end == null ? attempt(taken) : turns.end(taken).onSuccess(d -> count(end)))
        .onFailure(e -> LOG.warn("push message {} not settled: {}", taken.id(), e.getMessage()))
        .onComplete(
            done -> {
              hosts.leave(taken.host());
              owners.leave(taken.owner());
              meters.ended();
            });
  }

  /** Why it is not sent at all; null where it is. */
  private Future<Outcome> end(Taken taken) {
    if (taken.left().toMillis() <= 0) return Future.succeededFuture(Outcome.EXPIRED);
    if (taken.target() == null) return Future.succeededFuture(Outcome.DROPPED);
    return audience
        .standing()
        .objection(taken.owner(), false)
        .compose(
            objection -> {
              if (objection != null) return Future.succeededFuture(Outcome.DROPPED);
              // who is live later has heard of it by whatever there is to read then
              if (taken.tries() > 1 || taken.anyway()) return Future.succeededFuture();
              return audience.isLive(taken.owner()).map(live -> live ? Outcome.LIVE : null);
            });
  }

  /** Encrypts on a worker: it takes milliseconds, for which others on the event loop would wait. */
  private Future<Void> attempt(Taken taken) {
    Way by = way;
    Sender through = sender;
    return workers
        .<Parcel>executeBlocking(() -> by.vapid().parcel(taken, taken.target()), false)
        .compose(through::send)
        .compose(sent -> settle(taken, sent, by.settings()));
  }

  private Future<Void> settle(Taken taken, Sent sent, PushSettings by) {
    Fate fate = Fate.of(sent);
    return switch (fate) {
      case TAKEN -> turns.sent(taken).onSuccess(done -> count(Outcome.SENT));
      case GONE ->
          turns
              .gone(taken)
              .onSuccess(
                  done -> {
                    count(Outcome.GONE);
                    meters.removed(1);
                  });
      case REFUSED -> {
        complaints.note(taken.host(), sent.status());
        yield turns.end(taken).onSuccess(done -> count(Outcome.REFUSED));
      }
      case BUSY, AGAIN -> again(taken, sent, fate == Fate.BUSY, by);
    };
  }

  private Future<Void> again(Taken taken, Sent sent, boolean all, PushSettings by) {
    Duration left = taken.left().minusMillis(sent.durationMs());
    double chance = ThreadLocalRandom.current().nextDouble();
    Duration wait =
        new Backoff(by.delay(), by.maxDelay()).wait(taken.tries(), left, sent.retryAfter(), chance);
    return turns
        .failed(taken, wait, all)
        .onSuccess(done -> count(wait == null ? Outcome.EXPIRED : Outcome.AGAIN));
  }

  private void count(Outcome outcome) {
    meters.count(outcome);
  }
}
