package dev.sluice.job;

import dev.sluice.bus.Cancel;
import dev.sluice.call.Claim;
import dev.sluice.call.Failure;
import dev.sluice.call.Ids;
import dev.sluice.call.Reply;
import dev.sluice.guard.idempotency.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what is due, as much as there is room for, and sees each run to its end. */
final class RunnerVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(RunnerVerticle.class);
  private static final long LOOK_MILLIS = 500; // for what no notice has come of, or was put back
  private static final long COUNT_MILLIS = 10_000;
  private static final long SWEEP_MILLIS = 60_000;
  private static final long SETTLE_PAUSE_MILLIS = 1_000;
  private static final int SETTLE_TRIES = 20; // the database may be away

  private final Queue queue;
  private final Records records;
  private final Map<String, Work> works;
  private final Supplier<JobSettings> settings;
  private final JobMeters meters;
  private final Map<UUID, Running> running = new HashMap<>();
  private final Map<UUID, Instant> telling = new HashMap<>(); // of which end
  private final Map<UUID, Instant> told = new HashMap<>(); // and that is not yet noted
  private boolean claiming;
  private boolean again;
  private Promise<Void> left; // there once nothing new is taken

  /** A run of this node. */
  private static final class Running {
    final Job job;
    final Claim claim;
    final String call = Ids.next();
    final Promise<Reply> end = Promise.promise();
    boolean stopping;
    boolean settling;

    Running(Job job, UUID owner) {
      this.job = job;
      this.claim = new Claim(Claim.Of.JOB, job.id().toString(), owner.toString());
    }
  }

  /** {@code works} may grow. */
  RunnerVerticle(
      Queue queue,
      Records records,
      Map<String, Work> works,
      Supplier<JobSettings> settings,
      JobMeters meters) {
    this.queue = queue;
    this.records = records;
    this.works = works;
    this.settings = settings;
    this.meters = meters;
  }

  @Override
  public Future<?> start() {
    vertx.setPeriodic(1, LOOK_MILLIS, t -> claim());
    vertx.setPeriodic(1, COUNT_MILLIS, t -> records.counts().onSuccess(meters::counted));
    vertx.setPeriodic(SWEEP_MILLIS, t -> sweep());
    beat();
    return Future.succeededFuture();
  }

  /** Something may be due; any thread. */
  void wake() {
    context.runOnContext(v -> claim());
  }

  /** Somebody does not want it any more; any thread. */
  void stop(UUID job) {
    context.runOnContext(
        v -> {
          Running run = running.get(job);
          if (run != null) stop(run);
        });
  }

  /** One may have ended without having run; any thread. */
  void changed(Job job) {
    context.runOnContext(v -> announce(job));
  }

  private void stop(Running run) {
    if (run.stopping) return;
    run.stopping = true;
    Cancel.TOPIC.publish(vertx, new Cancel(run.call));
    run.end.tryFail(Failure.unavailable("CANCELLED", "It was cancelled."));
  }

  private void claim() {
    again = claiming;
    int room = settings.get().concurrency() - running.size();
    if (claiming || left != null || room <= 0) return;
    claiming = true;
    UUID owner = UUID.randomUUID();
    queue
        .claim(owner, works.keySet(), room, settings.get().lease())
        .onComplete(
            (jobs, cause) -> {
              claiming = false;
              if (cause == null) jobs.forEach(job -> begin(new Running(job, owner)));
              rest();
              if (cause != null) return; // the next look may find more
              if (again || jobs.size() == room) claim();
            });
  }

  private void begin(Running run) {
    running.put(run.job.id(), run);
    if (left != null) {
      putBack(run);
    } else if (run.job.attempts() >= schedule(run).attempts()) { // each took its process with it
      Failure lost = Failure.unavailable("LOST", "The processes that ran it are gone.");
      settle(run, new Verdict(State.DEAD, Duration.ZERO, false), Outcome.of(lost));
    } else {
      work(run).onComplete(run.end::tryComplete, run.end::tryFail);
      run.end
          .future()
          .onComplete(
              (reply, cause) -> {
                Outcome outcome = cause == null ? Outcome.of(reply) : Outcome.of(cause);
                settle(run, Verdict.of(outcome, run.job, schedule(run), run.stopping), outcome);
              });
    }
  }

  private Schedule schedule(Running run) {
    return works.get(run.job.kind()).schedule();
  }

  private Future<Reply> work(Running run) {
    try {
      return works
          .get(run.job.kind())
          .run(run.call, run.job, run.claim)
          .onFailure(e -> tell(run, e));
    } catch (RuntimeException thrown) {
      tell(run, thrown);
      return Future.failedFuture(thrown);
    }
  }

  private static void tell(Running run, Throwable cause) {
    if (cause instanceof Failure) return;
    LOG.error("job {} of {} failed unexpectedly", run.job.id(), run.job.operation(), cause);
  }

  private void settle(Running run, Verdict verdict, Outcome outcome) {
    if (run.settling) return;
    run.settling = true;
    settle(run, verdict, outcome, SETTLE_TRIES);
  }

  private void settle(Running run, Verdict verdict, Outcome outcome, int tries) {
    queue
        .settle(run.claim, verdict, outcome)
        .onComplete(
            (done, cause) -> {
              if (cause != null && tries > 1 && left == null) {
                vertx.setTimer(SETTLE_PAUSE_MILLIS, t -> settle(run, verdict, outcome, tries - 1));
                return;
              }
              if (cause != null) LOG.warn("job {} runs again, once its lease is up", run.job.id());
              over(run, cause == null && (!done || verdict.state().isEnd()));
            });
  }

  /** {@code ended} is whether its job may have; its own transaction may have said so before. */
  private void over(Running run, boolean ended) {
    running.remove(run.job.id(), run); // which may be another by now
    if (ended) records.find(run.job.id()).onSuccess(job -> job.ifPresent(this::announce));
    rest();
    claim();
  }

  private void announce(Job job) {
    if (!job.state().isEnd() || job.ended().equals(told.get(job.id()))) return;
    if (job.ended().equals(telling.put(job.id(), job.ended()))) return;
    tell(job)
        .onSuccess(
            done -> {
              told.put(job.id(), job.ended());
              meters.ended(job);
            })
        .onFailure(e -> LOG.warn("the end of job {} is told later: {}", job.id(), e.getMessage()))
        .onComplete(done -> telling.remove(job.id(), job.ended()));
  }

  private Future<Void> tell(Job job) {
    Work work = works.get(job.kind());
    return work == null
        ? Future.succeededFuture()
        : Future.<Void>succeededFuture().compose(begin -> work.ended(job)); // a throw fails it
  }

  /** Says that it lives, and looks after what those have left who do not. */
  private void beat() {
    long lease = settings.get().lease().toMillis();
    vertx.setTimer(Math.max(100, lease / 3), t -> beat());
    Map<UUID, UUID> owners = new HashMap<>();
    running.forEach((job, run) -> owners.put(job, UUID.fromString(run.claim.owner())));
    if (!owners.isEmpty()) {
      queue
          .renew(owners, settings.get().lease())
          .onSuccess(
              ours ->
                  ours.forEach(
                      (job, stop) -> {
                        if (stop && running.containsKey(job)) stop(running.get(job));
                      }));
    }
    Future<Void> noted = flush();
    if (left != null) return;
    queue
        .takeBack()
        .onSuccess(
            taken -> {
              if (taken > 0) claim();
            });
    noted // or what has been told and is just being noted would be told again
        .transform(done -> queue.untold(Duration.ofMillis(2 * lease)))
        .onSuccess(jobs -> jobs.forEach(this::announce));
  }

  /** Notes who has been told. */
  private Future<Void> flush() {
    if (told.isEmpty()) return Future.succeededFuture();
    Map<UUID, Instant> these = Map.copyOf(told);
    return queue.told(these).onSuccess(done -> these.forEach(told::remove));
  }

  private void sweep() {
    if (left != null) return;
    queue.sweep(settings.get().keep()).onFailure(e -> LOG.warn("not swept: {}", e.getMessage()));
  }

  /**
   * Takes nothing more, and gives what runs so long to end; then has it wait for another node, or
   * for the next start. Any thread.
   */
  Future<Void> leave(Duration longest) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        v -> {
          left = done;
          rest();
          vertx.setTimer(Math.max(1, longest.toMillis()), t -> putBackAll());
        });
    return done.future().compose(all -> flush()).otherwiseEmpty();
  }

  private void rest() {
    if (left != null && running.isEmpty() && !claiming) left.tryComplete();
  }

  private void putBackAll() {
    List.copyOf(running.values()).forEach(this::putBack);
  }

  private void putBack(Running run) {
    Failure cut = Failure.unavailable("INTERRUPTED", "The gateway was stopped meanwhile.");
    settle(run, new Verdict(State.WAITING, Duration.ZERO, false), Outcome.of(cut));
    Cancel.TOPIC.publish(vertx, new Cancel(run.call));
  }
}
