package dev.sluice.job;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Looks jobs up, and changes them for people. */
public final class Records {
  private final Pool pool;

  Records(Pool pool) {
    this.pool = pool;
  }

  /** What is looked for; null is anything. */
  public record Filter(String kind, String operation, String subject, State state) {}

  /** Where a page ended. */
  public record Cursor(Instant time, UUID id) {}

  public Future<Optional<Job>> find(UUID id) {
    return one("SELECT " + Job.SHOWN + " FROM jobs WHERE id = $1", id);
  }

  /** A page, the newest first; without how they ended. */
  public Future<List<Job>> page(Filter filter, Cursor after, int limit) {
    String sql =
        "SELECT "
            + Job.LISTED
            + " FROM jobs WHERE ($1::text IS NULL OR kind = $1)"
            + " AND ($2::text IS NULL OR operation = $2) AND ($3::text IS NULL OR subject = $3)"
            + " AND ($4::text IS NULL OR state = $4)"
            + " AND ($5::timestamptz IS NULL OR (created_at, id) < ($5, $6::uuid))"
            + " ORDER BY created_at DESC, id DESC LIMIT $7";
    return pool.preparedQuery(sql)
        .execute(
            Tuple.of(filter.kind, filter.operation, filter.subject)
                .addString(filter.state == null ? null : filter.state.word())
                .addOffsetDateTime(after == null ? null : after.time.atOffset(ZoneOffset.UTC))
                .addUUID(after == null ? null : after.id)
                .addInteger(limit))
        .map(Queue::jobs);
  }

  /** What became of its runs, the first of them first. */
  public Future<List<Attempt>> attempts(UUID id) {
    return pool.preparedQuery("SELECT * FROM job_attempts WHERE job = $1 ORDER BY run")
        .execute(Tuple.of(id))
        .map(
            rows -> {
              List<Attempt> attempts = new ArrayList<>();
              rows.forEach(row -> attempts.add(Attempt.of(row)));
              return attempts;
            });
  }

  Future<Optional<Job>> cancel(UUID id) {
    return one("SELECT " + Job.SHOWN + " FROM cancel_job($1)", id);
  }

  /** Has one that failed, was given up or cancelled done after all; none where it is not such. */
  public Future<Optional<Job>> replay(UUID id) {
    return one("SELECT " + Job.SHOWN + " FROM replay_job($1)", id);
  }

  /** Removes one that has ended; whether it had. */
  public Future<Boolean> remove(UUID id) {
    return pool.preparedQuery("DELETE FROM jobs WHERE id = $1 AND ended_at IS NOT NULL")
        .execute(Tuple.of(id))
        .map(gone -> gone.rowCount() == 1);
  }

  /** Removes what is kept of a user's jobs, those that wait and run among them; how many. */
  public Future<Long> forget(String user) {
    return pool.preparedQuery("DELETE FROM jobs WHERE subject = $1")
        .execute(Tuple.of(user))
        .map(gone -> (long) gone.rowCount());
  }

  /** How many there are of each operation in each state that is not a good end. */
  Future<List<Count>> counts() {
    String sql =
        "SELECT operation, state, count(*) FROM jobs"
            + " WHERE state IN ('waiting', 'running', 'dead') GROUP BY operation, state";
    return pool.query(sql)
        .execute()
        .map(
            rows -> {
              List<Count> counts = new ArrayList<>();
              for (Row row : rows) {
                counts.add(new Count(row.getString(0), State.of(row.getString(1)), row.getLong(2)));
              }
              return counts;
            });
  }

  record Count(String operation, State state, long jobs) {}

  private Future<Optional<Job>> one(String sql, UUID id) {
    return pool.preparedQuery(sql).execute(Tuple.of(id)).map(Records::first);
  }

  private static Optional<Job> first(RowSet<Row> rows) {
    return rows.size() == 0 ? Optional.empty() : Optional.of(Job.of(rows.iterator().next()));
  }
}
