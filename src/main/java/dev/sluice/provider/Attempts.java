package dev.sluice.provider;

import dev.sluice.bus.Flows;
import dev.sluice.call.Body;
import dev.sluice.call.Failure;
import dev.sluice.provider.Exchange.Broken;
import dev.sluice.provider.Exchange.Trouble;
import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.CircuitBreakerState;
import io.vertx.circuitbreaker.OpenCircuitException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one attempt at a job: writes its request, sends it past the breaker, reads the answer. */
final class Attempts {
  private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

  private final Vertx vertx;
  private final Upstream upstream;
  private final Traffic traffic;
  private final HttpClient client;
  private final CircuitBreaker breaker;
  private final Refusals refusals;

  Attempts(
      Vertx vertx, Upstream upstream, Traffic traffic, HttpClient client, CircuitBreaker breaker) {
    this.vertx = vertx;
    this.upstream = upstream;
    this.traffic = traffic;
    this.client = client;
    this.breaker = breaker;
    this.refusals = new Refusals(upstream.name());
  }

  /** Never fails: what goes wrong is in the {@link Attempt}. */
  Future<Attempt> make(Job job) {
    return breaker
        .execute(
            () -> {
              boolean probe = breaker.state() == CircuitBreakerState.HALF_OPEN;
              if (probe) job.hold();
              return send(job).compose(attempt -> countFault(attempt, probe));
            })
        .recover(cause -> Future.succeededFuture(refused(cause)));
  }

  private Future<Attempt> send(Job job) {
    long limit = Math.min(traffic.timeout().toMillis(), job.deadline().remainingMillis());
    Future<UpstreamRequest> written;
    try {
      written = upstream.write(job.calls());
    } catch (RuntimeException thrown) {
      written = Future.failedFuture(thrown);
    }
    return written.transform(
        (request, cause) ->
            cause == null
                ? Exchange.send(vertx, client, request, job, limit, traffic)
                    .transform(
                        (answer, broken) ->
                            Future.succeededFuture(
                                broken == null
                                    ? readLast(job, judge(job, request, answer))
                                    : judge(request, limit, broken)))
                : Future.succeededFuture(unwritten(cause)));
  }

  /** The request could not be written: a token was not to be had, or the call makes no sense. */
  private Attempt unwritten(Throwable cause) {
    if (!(cause instanceof Failure)) LOG.warn("{}: cannot write a request", upstream.name(), cause);
    Failure failure = cause instanceof Failure known ? known : refusals.broken("cannot be asked");
    boolean fault = failure.category() == Failure.Category.UPSTREAM;
    return fault
        ? Attempt.fault(null, failure, failure.facts().retryable(), 0)
        : Attempt.refused(null, failure, false, 0);
  }

  /** Adds what the caller is to see of an answer that is no success, if there is no other try. */
  private Attempt readLast(Job job, Attempt attempt) {
    boolean passes = !attempt.isRead() && !attempt.fault() && upstream.passesOn(attempt.status());
    if (!passes) return attempt;
    try {
      return attempt.orElse(upstream.read(job.calls(), attempt.answer()));
    } catch (RuntimeException unreadable) {
      return attempt;
    }
  }

  private Attempt judge(Job job, UpstreamRequest request, UpstreamAnswer answer) {
    int status = answer.status();
    boolean again = request.idempotent() && traffic.retry().statuses().contains(status);
    if (status == 429) {
      Upstream.QuotaNews news = upstream.quota(answer);
      long reset = news == null ? 0 : news.resetEpochMillis() - System.currentTimeMillis();
      long wait = Math.max(1000, Math.max(reset, retryAfter(answer)));
      Failure failure = refusals.quotaUsedUp(wait);
      return Attempt.refused(answer, failure, again, wait);
    }
    long asked = retryAfter(answer);
    if (status >= 500) {
      return Attempt.fault(answer, refusals.answered(status, asked), again, asked);
    }
    if (again) { // 408: the provider gave up waiting for us
      return Attempt.refused(answer, refusals.answered(status, asked), true, asked);
    }
    try {
      return Attempt.read(answer, upstream.read(job.calls(), answer));
    } catch (RuntimeException garbage) {
      if (answer.flow() != null) Flows.drop(vertx, Body.streamed(answer.flow(), null));
      LOG.warn(
          "{}: status {}, but not its contract: {}", upstream.name(), status, garbage.getMessage());
      return Attempt.fault(answer, refusals.broken("broke its contract"), request.idempotent(), 0);
    }
  }

  private Attempt judge(UpstreamRequest request, long limitMillis, Throwable cause) {
    Trouble trouble = cause instanceof Broken b ? b.trouble() : Trouble.CONNECTION;
    LOG.debug("{}: {}", upstream.name(), cause.getMessage());
    boolean again = request.idempotent();
    return switch (trouble) {
      case ABANDONED -> Attempt.refused(null, refusals.timeout(), false, 0);
      case TOO_LARGE -> Attempt.fault(null, refusals.broken("sent too large an answer"), false, 0);
      case CONNECTION -> Attempt.fault(null, refusals.outOfReach(), again, 0);
      case TIMEOUT -> {
        // A caller in a hurry is no proof against the provider.
        boolean fair = limitMillis >= Math.min(1000, traffic.timeout().toMillis());
        Failure failure = refusals.timeout();
        yield fair
            ? Attempt.fault(null, failure, again, 0)
            : Attempt.refused(null, failure, false, 0);
      }
    };
  }

  private Attempt refused(Throwable cause) {
    if (cause instanceof Attempt.Fault fault) return fault.attempt();
    if (cause instanceof OpenCircuitException) {
      return Attempt.refused(null, refusals.circuitOpen(traffic.breaker().reset()), false, 0);
    }
    LOG.error("{}: an attempt failed unexpectedly", upstream.name(), cause);
    return Attempt.refused(null, Failure.internal(), false, 0);
  }

  /** A probe that brought no answer proves nothing, and so must not close the circuit. */
  private static Future<Attempt> countFault(Attempt attempt, boolean probe) {
    return attempt.fault() || probe && attempt.answer() == null
        ? Future.failedFuture(new Attempt.Fault(attempt))
        : Future.succeededFuture(attempt);
  }

  /** Retry-After in milliseconds (RFC 9110 §10.2.3: seconds or a date), 0 without one. */
  private static long retryAfter(UpstreamAnswer answer) {
    String text = answer.headers().get("Retry-After");
    if (text == null) return 0;
    long seconds = answer.number("Retry-After", -1);
    if (seconds >= 0) return Math.min(seconds, 86_400) * 1000;
    try {
      Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Math.max(0, at.toEpochMilli() - System.currentTimeMillis());
    } catch (DateTimeParseException e) {
      return 0;
    }
  }
}
