package dev.sluice.provider;

import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import io.vertx.core.Future;
import java.util.List;

/**
 * How one attempt ended.
 *
 * @param answer what the provider said; null where it said nothing
 * @param outcomes one a call, where the answer could be read; else null; where it is retryable, for
 *     when it is not retried
 * @param failure what every call of the attempt fails with, where there are no outcomes
 * @param retryable whether another attempt may end better
 * @param waitMillis what the provider asks to wait before it
 * @param fault whether the provider is to blame, as the breaker counts it
 */
record Attempt(
    UpstreamAnswer answer,
    List<Future<Reply>> outcomes,
    Failure failure,
    boolean retryable,
    long waitMillis,
    boolean fault) {

  static Attempt read(UpstreamAnswer answer, List<Future<Reply>> outcomes) {
    return new Attempt(answer, outcomes, null, false, 0, false);
  }

  /** The provider is to blame. */
  static Attempt fault(UpstreamAnswer answer, Failure failure, boolean retryable, long waitMillis) {
    return new Attempt(answer, null, failure, retryable, waitMillis, true);
  }

  /** Nobody is to blame, or we are. */
  static Attempt refused(
      UpstreamAnswer answer, Failure failure, boolean retryable, long waitMillis) {
    return new Attempt(answer, null, failure, retryable, waitMillis, false);
  }

  /** The same, and what its calls get if it is the last one. */
  Attempt orElse(List<Future<Reply>> last) {
    return new Attempt(answer, last, failure, retryable, waitMillis, fault);
  }

  /** Whether its outcomes are those of its calls, whatever becomes of it. */
  boolean isRead() {
    return failure == null;
  }

  /** The HTTP status, 0 without an answer. */
  int status() {
    return answer == null ? 0 : answer.status();
  }

  /** Carries a faulty attempt through the circuit breaker, which counts failed futures. */
  static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient Attempt attempt;

    Fault(Attempt attempt) {
      super(attempt.failure.getMessage(), null, false, false);
      this.attempt = attempt;
    }

    Attempt attempt() {
      return attempt;
    }
  }
}
