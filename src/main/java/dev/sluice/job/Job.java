package dev.sluice.job;

import dev.sluice.guard.idempotency.Outcome;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;

/**
 * A job as it is kept.
 *
 * @param kind who does it
 * @param operation what is done
 * @param subject whose it is; null where nobody known has asked
 * @param payload what whoever does it needs to know
 * @param due when it is tried, where it waits
 * @param blocked whether another of the same caller's comes first
 * @param runs how often it was begun
 * @param attempts how many of those count
 * @param stopping whether its caller does not want it any more
 * @param outcome how it ended, or the last attempt did; null where nothing was said
 */
public record Job(
    UUID id,
    String kind,
    String operation,
    String subject,
    Buffer payload,
    State state,
    Instant due,
    boolean blocked,
    int runs,
    int attempts,
    boolean stopping,
    Outcome outcome,
    Instant created,
    Instant ended) {
  /** Without its payload, which may be large. */
  static final String SHOWN = columns("''::bytea AS payload, outcome");

  /** And without how it ended, which may be, too. */
  static final String LISTED = columns("''::bytea AS payload, NULL::bytea AS outcome");

  /** For those who do it: how an attempt before ended is nothing to them. */
  static final String CLAIMED = columns("payload, NULL::bytea AS outcome");

  private static String columns(String more) {
    return "id, kind, operation, subject, state, due_at, blocked, runs,"
        + " attempts, stop, created_at, ended_at, "
        + more;
  }

  static Job of(Row row) {
    Buffer outcome = row.getBuffer("outcome");
    return new Job(
        row.getUUID("id"),
        row.getString("kind"),
        row.getString("operation"),
        row.getString("subject"),
        row.getBuffer("payload"),
        State.of(row.getString("state")),
        instant(row.getOffsetDateTime("due_at")),
        row.getBoolean("blocked"),
        row.getInteger("runs"),
        row.getInteger("attempts"),
        row.getBoolean("stop"),
        outcome == null ? null : Outcome.decoded(outcome),
        instant(row.getOffsetDateTime("created_at")),
        instant(row.getOffsetDateTime("ended_at")));
  }

  static Instant instant(OffsetDateTime time) {
    return time == null ? null : time.toInstant();
  }
}
