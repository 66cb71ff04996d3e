package dev.sluice.job;

import dev.sluice.call.Claim;
import dev.sluice.call.Failure;
import dev.sluice.guard.idempotency.Fence;
import dev.sluice.guard.idempotency.Outcome;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Jobs as they are kept, and whose run may say what became of them. */
final class Queue implements Fence {
  static final String CHANNEL = "jobs";

  private static final int SWEPT = 5_000; // at once, well within the query timeout
  private static final String CLAIM =
      "UPDATE jobs SET state = 'running', owner = $1, began_at = clock_timestamp(),"
          + " leased_until = clock_timestamp() + $2 * interval '1 ms', runs = runs + 1"
          + " WHERE id IN (SELECT id FROM jobs WHERE state = 'waiting' AND NOT blocked"
          + " AND due_at <= clock_timestamp() AND kind = ANY($3)"
          + " ORDER BY priority, due_at, number LIMIT $4 FOR UPDATE SKIP LOCKED)"
          + " RETURNING "
          + Job.CLAIMED;
  private static final String RENEW = // what a transaction holds is alive, and not waited for
      "UPDATE jobs SET leased_until = clock_timestamp() + $3 * interval '1 ms' WHERE id IN ("
          + "SELECT j.id FROM jobs j JOIN unnest($1::uuid[], $2::uuid[]) AS mine (id, owner)"
          + " ON j.id = mine.id AND j.owner = mine.owner WHERE j.state = 'running'"
          + " FOR UPDATE OF j SKIP LOCKED) RETURNING id, stop";
  private static final String SETTLE =
      "SELECT traffic.settle_job($1, $2, $3, $4 * interval '1 ms', $5, $6, $7, $8, $9)";

  private final Pool pool;

  Queue(Pool pool) {
    this.pool = pool;
  }

  /** False where its owner has too many open. */
  Future<Boolean> add(SqlClient client, NewJob job) {
    return client
        .preparedQuery(
            "SELECT traffic.add_job($1, $2, $3, $4, $5, $6, $7, $8, $9 * interval '1 ms', $10)")
        .execute(
            Tuple.of(job.id(), job.kind(), job.operation(), job.owner().name())
                .addString(job.owner().subject())
                .addBoolean(job.ordered())
                .addInteger(job.priority().ordinal())
                .addBuffer(job.payload())
                .addLong(job.pause().toMillis())
                .addInteger(job.owner().most()))
        .map(rows -> rows.iterator().next().getBoolean(0));
  }

  Future<List<Job>> claim(UUID owner, Set<String> kinds, int most, Duration lease) {
    return pool.preparedQuery(CLAIM)
        .execute(Tuple.of(owner, lease.toMillis(), kinds.toArray(String[]::new), most))
        .map(Queue::jobs);
  }

  /** Of these runs, by job, those that are this node's still; each with whether it is to stop. */
  Future<Map<UUID, Boolean>> renew(Map<UUID, UUID> owners, Duration lease) {
    List<UUID> ids = new ArrayList<>(owners.keySet());
    UUID[] runs = ids.stream().map(owners::get).toArray(UUID[]::new);
    return pool.preparedQuery(RENEW)
        .execute(Tuple.of(ids.toArray(UUID[]::new), runs, lease.toMillis()))
        .map(
            rows -> {
              Map<UUID, Boolean> ours = new HashMap<>();
              rows.forEach(row -> ours.put(row.getUUID(0), row.getBoolean(1)));
              return ours;
            });
  }

  /** What a run has come to; false where it is not this run's to say. */
  Future<Boolean> settle(SqlClient client, Claim claim, Verdict verdict, Outcome outcome) {
    Failure.Facts failure = outcome == null ? null : outcome.failure();
    return client
        .preparedQuery(SETTLE)
        .execute(
            Tuple.of(UUID.fromString(claim.id()), UUID.fromString(claim.owner()))
                .addString(verdict.state().word())
                .addLong(verdict.pause().toMillis())
                .addBoolean(verdict.counts())
                .addBuffer(outcome == null ? null : outcome.encoded())
                .addInteger(outcome == null ? null : Integer.valueOf(outcome.status()))
                .addString(failure == null ? null : failure.code())
                .addString(failure == null ? null : failure.message()))
        .map(rows -> rows.iterator().next().getBoolean(0));
  }

  Future<Boolean> settle(Claim claim, Verdict verdict, Outcome outcome) {
    return settle(pool, claim, verdict, outcome);
  }

  @Override
  public Future<Void> hold(SqlClient transaction, Claim claim) {
    String sql =
        "SELECT FROM traffic.jobs WHERE id = $1 AND owner = $2 AND state = 'running' FOR UPDATE";
    return transaction
        .preparedQuery(sql)
        .execute(Tuple.of(UUID.fromString(claim.id()), UUID.fromString(claim.owner())))
        .compose(
            rows ->
                rows.rowCount() == 0
                    ? Future.failedFuture(Fence.lost())
                    : Future.succeededFuture());
  }

  /** The effect is there: the job has ended, whatever the reply says. */
  @Override
  public Future<Void> keep(SqlClient client, Claim claim, Outcome outcome) {
    State state = outcome.status() < 400 ? State.SUCCEEDED : State.FAILED;
    return settle(client, claim, new Verdict(state, Duration.ZERO, true), outcome).mapEmpty();
  }

  /** Makes runs of processes that are gone wait again; how many. */
  Future<Long> takeBack() {
    return pool.query("SELECT take_back_jobs()")
        .execute()
        .map(rows -> rows.iterator().next().getLong(0));
  }

  /** Those that have ended a while ago, and of which nobody has been told. */
  Future<List<Job>> untold(Duration since) {
    return pool.preparedQuery(
            "SELECT "
                + Job.SHOWN
                + " FROM jobs WHERE ended_at < now() - $1 * interval '1 ms' AND NOT told"
                + " ORDER BY ended_at LIMIT 50")
        .execute(Tuple.of(since.toMillis()))
        .map(Queue::jobs);
  }

  /** Those who listen have been told of these ends; one that was replayed has another to come. */
  Future<Void> told(Map<UUID, Instant> ends) {
    List<UUID> ids = new ArrayList<>(ends.keySet());
    OffsetDateTime[] times =
        ids.stream()
            .map(id -> ends.get(id).atOffset(ZoneOffset.UTC))
            .toArray(OffsetDateTime[]::new);
    return pool.preparedQuery(
            "UPDATE jobs j SET told = true FROM unnest($1::uuid[], $2::timestamptz[]) AS t (id, at)"
                + " WHERE j.id = t.id AND j.ended_at = t.at")
        .execute(
            Tuple.tuple().addArrayOfUUID(ids.toArray(UUID[]::new)).addArrayOfOffsetDateTime(times))
        .mapEmpty();
  }

  /** Removes what ended so long ago. */
  Future<Void> sweep(Duration keep) {
    return pool.preparedQuery("SELECT sweep_jobs($1 * interval '1 ms', $2)")
        .execute(Tuple.of(keep.toMillis(), SWEPT))
        .compose(
            rows ->
                rows.iterator().next().getLong(0) == SWEPT
                    ? sweep(keep)
                    : Future.succeededFuture());
  }

  static List<Job> jobs(RowSet<Row> rows) {
    List<Job> jobs = new ArrayList<>();
    rows.forEach(row -> jobs.add(Job.of(row)));
    return jobs;
  }
}
