package dev.sluice.upstream;

import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Connections to one target that carry a socket each, or are to: none of them is one of those that
 * requests share, so that no number of sockets keeps a request waiting. On one event loop.
 */
final class SocketLane implements Lender {
  private final Target target;
  private final Dialer dialer;
  private final AtomicInteger open;
  private final int most;

  /** {@code open} counts those of the whole upstream. */
  SocketLane(Target target, Dialer dialer, AtomicInteger open, UpstreamSettings settings) {
    this.target = target;
    this.dialer = dialer;
    this.open = open;
    this.most = settings.sockets().max();
  }

  /** A new connection. Fails with {@link Broken}. */
  Future<Line> take() {
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      String full = "too many sockets are open";
      return Future.failedFuture(new Broken(Trouble.CONNECTION_LIMIT_REACHED, null, full));
    }
    target.sockets.incrementAndGet();
    return dialer
        .dialHttp1(target)
        .map(Line::new)
        .recover(
            cause -> {
              lost();
              Trouble trouble = Trouble.of(cause);
              return Future.failedFuture(new Broken(trouble, target, cause.getMessage()));
            });
  }

  @Override
  public void give(Line line, boolean clean) {
    line.connection.close();
    lost();
  }

  private void lost() {
    target.sockets.decrementAndGet();
    open.decrementAndGet();
  }
}
