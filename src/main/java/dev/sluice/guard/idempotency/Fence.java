package dev.sluice.guard.idempotency;

import dev.sluice.call.Claim;
import dev.sluice.call.Failure;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import java.time.Duration;

/** Keeps runs apart that may have their effect once among them. */
public interface Fence {

  /**
   * Keeps every other run from taking over until a transaction ends; fails with {@link #lost} where
   * one has.
   */
  Future<Void> hold(SqlClient transaction, Claim claim);

  /** Says how the run ended; where another has taken over, or it has been said, nothing. */
  Future<Void> keep(SqlClient client, Claim claim, Outcome outcome);

  /** 409 for a run whose place another has taken. */
  static Failure lost() {
    return Failure.of(
            Failure.Category.CONFLICT, "CLAIM_LOST", "This took too long, and another run goes on.")
        .suggest("Repeat it with the same Idempotency-Key to learn how it ends.")
        .retryAfter(Duration.ofSeconds(1));
  }
}
