package dev.sluice.upstream;

import dev.sluice.upstream.connection.Stream;
import dev.sluice.upstream.connection.Unprocessed;
import io.vertx.core.Future;
import java.io.IOException;
import javax.net.ssl.SSLException;

/**
 * One request's leave to use a connection to a target. Whoever holds it says what comes of the
 * request ({@link #answered} or {@link #failed}), and gives it back ({@link #give}), once, whatever
 * happened.
 */
public final class Link {
  private final Pool pool;
  private final Lender lender;
  private final Line line;
  private final Target target;
  private final boolean kept;
  private boolean answered;
  private boolean switched;
  private boolean given;

  Link(Pool pool, Lender lender, Line line, Target target) {
    this.pool = pool;
    this.lender = lender;
    this.line = line;
    this.target = target;
    this.kept = line.isKept();
  }

  public Target target() {
    return target;
  }

  /** The request itself, whose answer the listener is told of. Fails as {@link #failed} reads. */
  public Future<Stream> open(Stream.Listener listener) {
    return line.connection.open(listener);
  }

  /** A byte has come. */
  public void heard(long nanos) {
    if (pool.isWatched()) target.heard(nanos);
  }

  /** An answer's head has come. */
  public void answered(int status) {
    settle();
    heard(System.nanoTime());
    pool.answered(target, status);
  }

  /** It is a socket from here on, and no request under way; it is given back when it is closed. */
  public void switched() {
    answered(101);
    switched = true;
    target.ended();
  }

  /** No answer has come, for this cause; or it has been given up. */
  public Broken failed(Throwable cause) {
    boolean refused = !answered && cause instanceof Unprocessed;
    boolean stale = refused || !answered && kept && isClosed(cause);
    settle();
    Trouble trouble = Trouble.of(cause);
    Broken broken = new Broken(trouble, target, cause.getMessage(), refused, stale);
    if (!stale) pool.failed(target, trouble);
    return broken;
  }

  /** Whether its target has been taken out because it answers nobody. */
  public boolean isSilent() {
    return !answered && target.out() == Target.Reason.SILENCE;
  }

  /** The request is over; {@code clean} where both bodies came to their end. */
  public void give(boolean clean) {
    if (given) return;
    given = true;
    settle();
    if (!switched) target.ended();
    lender.give(line, clean);
    pool.returned();
  }

  private void settle() {
    if (answered) return;
    answered = true;
    target.answered();
  }

  private boolean isClosed(Throwable cause) {
    boolean closed = cause instanceof IOException && !(cause instanceof SSLException);
    return closed && !line.connection.isShared();
  }
}
