package dev.sluice.job;

import dev.sluice.call.Claim;
import dev.sluice.call.Reply;
import io.vertx.core.Future;

/** Does the jobs of one kind. */
public interface Work {

  /**
   * Does one. A retryable failure, or a reply that says so, has it tried again by the schedule.
   *
   * @param id names the run for {@link dev.sluice.bus.Cancel}, which tells that it is not wanted
   *     any more
   * @param claim what fences its effect: another run may have begun since
   */
  Future<Reply> run(String id, Job job, Claim claim);

  /** When a job is tried again; asked each time. */
  Schedule schedule();

  /**
   * Told when one has ended, whichever way; where it fails, or its process dies before that is
   * written down, it is told again.
   */
  default Future<Void> ended(Job job) {
    return Future.succeededFuture();
  }
}
