package dev.sluice.job;

import dev.sluice.guard.idempotency.Fence;
import dev.sluice.guard.idempotency.Idempotency;
import dev.sluice.observe.Metrics;
import dev.sluice.store.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlClient;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The door to work that waits. One for the gateway's whole life; {@link #use} puts other settings
 * in place. Nothing is asked of the database before {@link #open}.
 */
public final class Jobs {
  private static final String STOP = "stop ";
  private static final int TRIES = 50; // of a cancel that another change was before,
  private static final long PAUSE_MILLIS = 10; // each so long after the last

  private final Vertx vertx;
  private final Database database;
  private final Pool pool;
  private final Queue queue;
  private final Records records;
  private final Map<String, Work> works = new ConcurrentHashMap<>();
  private final RunnerVerticle runner;
  private volatile JobSettings settings;
  private Future<Void> open;

  public Jobs(Vertx vertx, Database database, JobSettings settings, Metrics metrics) {
    this.vertx = vertx;
    this.database = database;
    this.pool = database.schema(Idempotency.SCHEMA);
    this.settings = settings;
    this.queue = new Queue(pool);
    this.records = new Records(pool);
    this.runner = new RunnerVerticle(queue, records, works, this::settings, new JobMeters(metrics));
  }

  /** Works by other settings from now on. */
  public void use(JobSettings settings) {
    this.settings = settings;
  }

  public JobSettings settings() {
    return settings;
  }

  /** Has the jobs of a kind done by this; before {@link #open}, or none of them is taken yet. */
  public void serve(String kind, Work work) {
    works.put(kind, work);
  }

  /** Begins to do what is due, once the schema is there. */
  public synchronized Future<Void> open() {
    if (open == null) {
      open =
          vertx
              .deployVerticle(runner)
              .compose(id -> database.listen(Queue.CHANNEL, this::heard, runner::wake));
    }
    return open;
  }

  private void heard(String told) {
    if (told.startsWith(STOP)) runner.stop(UUID.fromString(told.substring(STOP.length())));
    else runner.wake();
  }

  /** Puts work off; false where its owner has too many open. */
  public Future<Boolean> add(NewJob job) {
    return queue.add(pool, job);
  }

  /** The same as part of a transaction, of whatever schema. */
  public Future<Boolean> add(SqlClient transaction, NewJob job) {
    return queue.add(transaction, job);
  }

  /** Ends one that waits, or has one that runs be stopped; as it is then. */
  public Future<Optional<Job>> cancel(UUID id) {
    return cancel(id, TRIES).onSuccess(job -> job.ifPresent(runner::changed));
  }

  /** Again where it has just begun to run, or ended. */
  private Future<Optional<Job>> cancel(UUID id, int tries) {
    return records
        .cancel(id)
        .compose(
            job ->
                job.isPresent() || tries == 1
                    ? Future.succeededFuture(job)
                    : records.find(id).compose(there -> again(there, tries - 1)));
  }

  private Future<Optional<Job>> again(Optional<Job> there, int tries) {
    if (there.isEmpty()) return Future.succeededFuture(there);
    return vertx
        .timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
        .compose(paused -> cancel(there.get().id(), tries));
  }

  /** Keeps a job's runs apart. */
  public Fence fence() {
    return queue;
  }

  public Records records() {
    return records;
  }

  /** Takes nothing more; done when what runs has ended, or waits again. */
  public synchronized Future<Void> leave(Duration longest) {
    return open == null || !open.succeeded() ? Future.succeededFuture() : runner.leave(longest);
  }
}
