package dev.sluice.provider;

import dev.sluice.bus.Address;
import dev.sluice.bus.Cancel;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import dev.sluice.observe.Health;
import dev.sluice.observe.Metrics;
import dev.sluice.provider.Upstream.BatchKey;
import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.CircuitBreakerOptions;
import io.vertx.circuitbreaker.CircuitBreakerState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.PoolOptions;
import io.vertx.ext.web.client.WebClient;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything about one upstream under one configuration. A call's way: {@link #accept} → its batch
 * → the mailbox → a permit → an attempt → {@link #conclude}, which settles it or sends it back to
 * the mailbox. Not thread-safe; owned by one verticle.
 */
final class Station {
  private static final Logger LOG = LoggerFactory.getLogger(Station.class);
  private static final long LOOK_MILLIS = 50;

  private final Vertx vertx;
  private final Upstream upstream;
  private final Traffic traffic;
  private final Mailbox mailbox;
  private final RetryBudget budget;
  private final Backoff backoff;
  private final Quotas quotas;
  private final ProviderMeters meters;
  private final Refusals refusals;
  private final Underway underway = new Underway();
  private final Batches batches;
  private final Attempts attempts;
  private final CircuitBreaker breaker;
  private final HttpClient client;
  private long openedAt;
  private int inFlight;
  private double serviceMillis = 50;
  private boolean drainPlanned;

  Station(Vertx vertx, Upstream upstream, Traffic traffic, Metrics metrics) {
    this.vertx = vertx;
    this.upstream = upstream;
    this.traffic = traffic;
    this.refusals = new Refusals(upstream.name());
    this.mailbox = new Mailbox(traffic.mailbox());
    this.budget = new RetryBudget(traffic.retry().budget());
    this.backoff = new Backoff(traffic.retry(), () -> ThreadLocalRandom.current().nextDouble());
    this.quotas = new Quotas(traffic.quota());
    this.meters = new ProviderMeters(metrics, upstream.name());
    this.client = openClient();
    this.breaker = openBreaker();
    this.batches = new Batches(vertx, traffic.batch(), this::enqueue);
    this.attempts = new Attempts(vertx, upstream, traffic, client, breaker);
    upstream.start(new Outlet(vertx, WebClient.wrap(client), traffic.timeout()));
  }

  private HttpClient openClient() {
    return vertx
        .httpClientBuilder()
        .with(
            new HttpClientOptions()
                // one that is not shared stays in its verticle's memory when it is closed (5.0.8)
                .setShared(true)
                .setName("provider " + upstream.name() + " " + UUID.randomUUID())
                .setConnectTimeout((int) traffic.connectTimeout().toMillis())
                .setDecompressionSupported(true)
                .setKeepAliveTimeout(30))
        .with(new PoolOptions().setHttp1MaxSize(traffic.permits() + 2))
        .withConnectHandler(this::countConnection)
        .build();
  }

  private CircuitBreaker openBreaker() {
    return CircuitBreaker.create(
            upstream.name(),
            vertx,
            new CircuitBreakerOptions()
                .setMaxFailures(traffic.breaker().failures())
                .setResetTimeout(traffic.breaker().reset().toMillis())
                .setTimeout(-1))
        .openHandler(opened -> onOpen())
        .halfOpenHandler(half -> meters.breakerState.set(1))
        .closeHandler(closed -> onClose());
  }

  /** Ends when its last call is answered, or after {@code longest}. */
  Future<Void> retire(Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    Promise<Void> unused = Promise.promise();
    vertx.setPeriodic(
        LOOK_MILLIS,
        timer -> {
          if (!underway.isEmpty() && System.nanoTime() - end < 0) return;
          vertx.cancelTimer(timer);
          unused.complete();
        });
    return unused.future().compose(done -> close());
  }

  /** What it has not answered fails. */
  Future<Void> close() {
    mailbox.clear();
    underway.all().forEach(part -> part.promise().tryFail(Refusals.shuttingDown()));
    breaker.close();
    return client.close();
  }

  ProviderMeters meters() {
    return meters;
  }

  List<Address<Call, Reply>> origins() {
    return upstream.origins();
  }

  Mailbox mailbox() {
    return mailbox;
  }

  /** Degraded where calls are refused: without its settings, or while the circuit is open. */
  Health.Status status() {
    boolean well = upstream.missingSetting() == null && meters.breakerState.get() == 0;
    return well ? Health.Status.UP : Health.Status.DEGRADED;
  }

  /** Answers a call. */
  Future<Reply> accept(Call call) {
    Failure refusal = refusal();
    if (refusal != null) return Future.failedFuture(refusal);
    Job.Part part = new Job.Part(call, Promise.promise());
    underway.add(part);
    BatchKey key = upstream.streams(call) ? null : upstream.batch(call);
    if (key == null) enqueue(List.of(part));
    else batches.add(key, part);
    return part.promise().future();
  }

  /** Why nothing is taken just now, or null. */
  private Failure refusal() {
    String missing = upstream.missingSetting();
    if (missing != null) return refusals.notConfigured(missing);
    return breaker.state() == CircuitBreakerState.OPEN ? circuitOpen() : null;
  }

  private void enqueue(List<Job.Part> parts) {
    Job job = new Job(parts, upstream.quotaKey(parts.stream().map(Job.Part::call).toList()));
    job.streamed(upstream.streams(parts.get(0).call()));
    underway.joined(job);
    meters.batched(job.parts().size());
    Failure refusal = refusal();
    long wait = quotas.waitMillis(job.quotaKey());
    if (refusal != null) {
      job.fail(refusal);
    } else if (wait > job.deadline().remainingMillis()) {
      job.fail(refusals.quotaUsedUp(wait));
    } else {
      mailbox.offer(job).forEach(this::shed);
      drain();
    }
  }

  private void shed(Job job) {
    if (job.isExpired()) {
      job.fail(refusals.timeout());
      return;
    }
    meters.shed(job.parts().size());
    long wait = (long) (mailbox.calls() * serviceMillis / traffic.permits());
    job.fail(refusals.mailboxFull(wait));
  }

  /** Hands out permits for as long as there are permits, jobs and points. */
  private void drain() {
    while (inFlight < traffic.permits()) {
      Job job = mailbox.poll(System.nanoTime(), this::mayGo);
      if (job == null) {
        if (mailbox.calls() > 0) drainIn(quotas.waitMillis(""));
        return;
      }
      if (job.isExpired()) {
        job.fail(refusals.timeout());
        continue;
      }
      long wait = quotas.take(job.quotaKey());
      if (wait == 0) run(job);
      else job.fail(refusals.ownQuotaUsedUp(wait));
    }
  }

  /** Those who share the common bucket wait for its points; a user's own stops nobody else. */
  private boolean mayGo(Job job) {
    return !job.sharesQuota() || quotas.waitMillis("") == 0;
  }

  private void drainIn(long millis) {
    if (drainPlanned) return;
    drainPlanned = true;
    vertx.setTimer(
        Math.max(1, millis),
        t -> {
          drainPlanned = false;
          drain();
        });
  }

  private void run(Job job) {
    permits(1);
    budget.earn();
    job.countAttempt();
    long began = System.nanoTime();
    attempts
        .make(job)
        .onSuccess(
            attempt -> {
              job.over().onComplete(over -> release());
              long nanos = System.nanoTime() - began;
              serviceMillis += (nanos / 1e6 - serviceMillis) / 16;
              meters.attempted(job.calls().get(0).operation(), attempt.status(), nanos);
              conclude(job, attempt);
              drain();
            });
  }

  /** A stream keeps its permit, and with it its connection, to the end. */
  private void release() {
    permits(-1);
    drain();
  }

  private void conclude(Job job, Attempt attempt) {
    if (attempt.status() == 401 && job.isRepeatable() && job.renewOnce()) {
      renew(job, attempt);
    } else if (job.parts().size() > 1 && isRefusedAsAWhole(attempt)) {
      learn(job, attempt);
      for (Job.Part part : job.parts()) {
        if (!part.promise().future().isComplete()) enqueue(List.of(part));
      }
    } else if (attempt.isRead()) {
      learn(job, attempt);
      job.settle(attempt.outcomes());
    } else {
      learn(job, attempt);
      if (attempt.status() == 429) pause(job, attempt);
      if (!retry(job, attempt)) settle(job, attempt.outcomes(), attempt.failure());
    }
  }

  /** One bad call spoils a batch: each is asked alone, and the bad one fails alone. */
  private static boolean isRefusedAsAWhole(Attempt attempt) {
    int status = attempt.status();
    boolean refused = status >= 400 && status < 500 && status != 401 && status != 429;
    return refused && !attempt.retryable();
  }

  /** A credential ran out before its time: one new one, one more try. */
  private void renew(Job job, Attempt attempt) {
    upstream
        .renew(job.calls(), attempt.answer())
        .otherwise(false)
        .onSuccess(
            renewed -> {
              if (renewed) again(job);
              else settle(job, attempt.outcomes(), attempt.failure());
            });
  }

  private void pause(Job job, Attempt attempt) {
    boolean common = !upstream.passesOn(429) || traffic.quota().points() > 0;
    if (common) quotas.close(job.quotaKey(), attempt.waitMillis());
  }

  private static void settle(Job job, List<Future<Reply>> outcomes, Failure failure) {
    if (outcomes != null) job.settle(outcomes);
    else job.fail(failure);
  }

  private void learn(Job job, Attempt attempt) {
    if (attempt.answer() == null) return;
    quotas.learn(job.quotaKey(), upstream.quota(attempt.answer()));
    meters.quotaPoints.set(quotas.points());
  }

  private boolean retry(Job job, Attempt attempt) {
    if (!attempt.retryable() || job.isAbandoned()) return false;
    if (job.attempts() >= traffic.retry().attempts()) return false;
    long wait = Math.max(backoff.millis(job.attempts()), attempt.waitMillis());
    if (wait >= job.deadline().remainingMillis() || !budget.spend()) return false;
    meters.retried();
    vertx.setTimer(Math.max(1, wait), t -> again(job));
    return true;
  }

  private void again(Job job) {
    if (job.isAbandoned()) return;
    Failure refusal = refusal();
    if (refusal != null) {
      job.fail(refusal);
    } else {
      mailbox.putFirst(job);
      drain();
    }
  }

  void cancel(Cancel cancelled) {
    for (Job.Part part : underway.of(cancelled.id())) {
      meters.cancelled();
      Job job = underway.jobOf(part);
      part.promise().tryFail(Refusals.cancelled());
      if (job == null) {
        batches.remove(part);
      } else if (job.isForNobody()) {
        mailbox.remove(job);
        job.abandon();
      }
    }
  }

  private void onOpen() {
    LOG.warn("{}: circuit open for {}", upstream.name(), traffic.breaker().reset());
    openedAt = System.nanoTime();
    meters.breakerState.set(2);
    mailbox.clear().forEach(job -> job.fail(circuitOpen()));
  }

  private void onClose() {
    LOG.info("{}: circuit closed", upstream.name());
    meters.breakerState.set(0);
  }

  private void permits(int change) {
    inFlight += change;
    meters.inFlight.set(inFlight);
  }

  private void countConnection(HttpConnection connection) {
    meters.connections.incrementAndGet();
    connection.closeHandler(closed -> meters.connections.decrementAndGet());
  }

  private Failure circuitOpen() {
    Duration open = Duration.ofNanos(System.nanoTime() - openedAt);
    return refusals.circuitOpen(traffic.breaker().reset().minus(open));
  }
}
