package dev.sluice.job;

import io.vertx.sqlclient.Row;
import java.time.Instant;

/**
 * What became of one run.
 *
 * @param counts whether it used up one of the attempts
 * @param status an HTTP status; null where nobody has answered
 * @param code of a failure; null where there was none
 */
public record Attempt(
    int run,
    Instant began,
    Instant ended,
    boolean counts,
    Integer status,
    String code,
    String message) {

  static Attempt of(Row row) {
    return new Attempt(
        row.getInteger("run"),
        Job.instant(row.getOffsetDateTime("began_at")),
        Job.instant(row.getOffsetDateTime("ended_at")),
        row.getBoolean("counts"),
        row.getInteger("status"),
        row.getString("code"),
        row.getString("message"));
  }
}
