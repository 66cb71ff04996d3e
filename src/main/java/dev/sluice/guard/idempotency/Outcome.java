package dev.sluice.guard.idempotency;

import dev.sluice.bus.Wire;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Set;

/** How a call ended: with a reply or, where that is null, a failure. */
public record Outcome(Reply reply, Failure.Facts failure) {
  private static final Set<Integer> PASSING = Set.of(408, 425, 429);

  public static Outcome of(Reply reply) {
    return new Outcome(reply, null);
  }

  public static Outcome of(Throwable cause) {
    return new Outcome(null, Failure.from(cause).facts());
  }

  public int status() {
    return reply == null ? failure.status() : reply.status();
  }

  /** Whether asking again could not end in another way. */
  public boolean isFinal() {
    boolean passing = status() >= 500 || PASSING.contains(status());
    return !passing && (reply != null || !failure.retryable());
  }

  /** Whether nobody can say if it had its effect, or is having it still. */
  boolean isUnknown() {
    return status() == 504;
  }

  /** The same as it was. */
  public Future<Reply> result() {
    return reply == null
        ? Future.failedFuture(new Failure(failure))
        : Future.succeededFuture(reply);
  }

  /** The same, and that it is said again. */
  Future<Reply> again() {
    return reply == null
        ? Future.failedFuture(new Failure(failure).again())
        : Future.succeededFuture(reply.with("idempotent-replayed", "true"));
  }

  public Buffer encoded() {
    return Buffer.buffer(Wire.encode(this));
  }

  public static Outcome decoded(Buffer bytes) {
    return Wire.decode(bytes.getBytes(), Outcome.class);
  }
}
