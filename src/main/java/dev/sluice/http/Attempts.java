package dev.sluice.http;

import dev.sluice.upstream.Broken;
import dev.sluice.upstream.Link;
import dev.sluice.upstream.Pool;
import dev.sluice.upstream.Target;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.HashSet;
import java.util.Set;

/** How often a request has been tried, and whether it may be once more. */
final class Attempts {
  /** Sending these twice does what sending them once does (RFC 9110 §9.2.2). */
  private static final Set<HttpMethod> IDEMPOTENT =
      Set.of(
          HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PUT, HttpMethod.DELETE);

  private final Pool pool;
  private final boolean idempotent;
  private final boolean socket;
  private final Set<Target> tried = new HashSet<>(0);
  private boolean refreshed;
  private int retries;

  /** {@code socket} is whether one is asked for. */
  Attempts(Pool pool, HttpMethod method, boolean socket) {
    this.socket = socket;
    this.pool = pool;
    this.idempotent = IDEMPOTENT.contains(method);
  }

  boolean isFirst() {
    return retries == 0 && !refreshed;
  }

  Future<Link> first() {
    return socket ? pool.takeSocket() : pool.take();
  }

  /**
   * Whether it may be tried once more where there was no answer: once for a kept connection that
   * was closed just then, which is none of the target's failures; else on another target.
   */
  boolean may(Broken broken) {
    if (!broken.isUnsent() && !idempotent) return false;
    boolean fresh = broken.isStale() && !refreshed;
    refreshed |= fresh;
    return fresh || mayElsewhere(broken.target());
  }

  /** Whether another target may be asked in the place of one that does not serve. */
  boolean may(Target from) {
    return idempotent && mayElsewhere(from);
  }

  private boolean mayElsewhere(Target from) {
    if (retries >= pool.settings().retry().attempts() || from == null) return false;
    tried.add(from);
    if (!pool.mayRetry(tried)) return false;
    retries++;
    return true;
  }

  /** {@code fresh}, on a connection that has not been idle. */
  Future<Link> again(boolean fresh) {
    return socket ? pool.takeSocket(tried) : pool.take(tried, fresh);
  }
}
