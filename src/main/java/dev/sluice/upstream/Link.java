package dev.sluice.upstream;

import io.vertx.core.Future;
import io.vertx.core.http.GoAway;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.net.HostAndPort;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/**
 * One request's leave to use a connection to a target. Whoever holds it says what comes of the
 * request ({@link #answered} or {@link #failed}), and gives it back ({@link #give}), once, whatever
 * happened.
 */
public final class Link {
  private static final long REFUSED_STREAM = 7; // RFC 9113 §7

  private final Pool pool;
  private final Lane lane;
  private final Line line;
  private final Target target;
  private final boolean kept;
  private HttpClientRequest request;
  private boolean answered;
  private boolean given;

  Link(Pool pool, Lane lane, Line line, Target target) {
    this.pool = pool;
    this.lane = lane;
    this.line = line;
    this.target = target;
    this.kept = line.isKept();
  }

  public Target target() {
    return target;
  }

  /** A request on it; its exceptions come with its answer's future. */
  public Future<HttpClientRequest> request(RequestOptions options) {
    return line.connection
        .request(options)
        .map(
            made -> {
              request = made;
              made.exceptionHandler(broken -> {}); // would be logged
              return made;
            });
  }

  /** Says whose the request is: the Host that is given, else the target's own. */
  public void host(HttpClientRequest request, String preserved) {
    String host = preserved == null ? target.authority() : preserved;
    if (request.version() == HttpVersion.HTTP_2) {
      request.authority(HostAndPort.parseAuthority(host, -1)); // RFC 9113 §8.3.1: not both
    } else {
      request.putHeader(HttpHeaders.HOST, host);
    }
  }

  /** A byte has come. */
  public void heard(long nanos) {
    if (pool.isWatched()) target.heard(nanos);
  }

  /** An answer's head has come. */
  public void answered(HttpClientResponse answer) {
    settle();
    heard(System.nanoTime());
    if (!line.isShared() && isLast(answer)) line.isLast();
    pool.answered(target, answer.statusCode());
  }

  /** No answer has come, for this cause; or it has been given up. */
  public Broken failed(Throwable cause) {
    boolean refused = !answered && isRefused(cause);
    boolean stale = refused || !answered && kept && !line.isShared() && isClosed(cause);
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
    target.ended();
    lane.give(line, clean);
    pool.returned();
  }

  private void settle() {
    if (answered) return;
    answered = true;
    target.answered();
  }

  /** The connection ends with this answer (RFC 9112 §9.3). */
  private static boolean isLast(HttpClientResponse answer) {
    String option = answer.getHeader(HttpHeaders.CONNECTION);
    if (option != null && option.toLowerCase(Locale.ROOT).contains("close")) return true;
    return answer.version() == HttpVersion.HTTP_1_0 && !"keep-alive".equalsIgnoreCase(option);
  }

  /** The peer says that it has not begun with it (RFC 9113 §6.8, §8.7). */
  private boolean isRefused(Throwable cause) {
    if (request == null) return true;
    if (cause instanceof StreamResetException reset) return reset.getCode() == REFUSED_STREAM;
    if (!(cause instanceof HttpClosedException closed)) return false;
    GoAway away = closed.goAway();
    return away != null && request.streamId() > away.getLastStreamId();
  }

  private static boolean isClosed(Throwable cause) {
    return cause instanceof HttpClosedException
        || cause instanceof ClosedChannelException
        || cause instanceof IOException && !(cause instanceof SSLException);
  }
}
