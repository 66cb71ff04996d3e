package dev.sluice.webhook;

import dev.sluice.outward.Lanes;
import dev.sluice.outward.Names;
import dev.sluice.outward.Rounds;
import dev.sluice.outward.Sender;
import dev.sluice.outward.Sent;
import dev.sluice.webhook.Turns.Room;
import dev.sluice.webhook.Turns.Taken;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers what is due, so many at a time, and of these so many to one host and of one user's
 * webhooks, so that a slow receiver holds up nobody but itself.
 */
final class DeliveryVerticle extends VerticleBase implements Rounds.Work<Taken> {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryVerticle.class);
  private static final String GONE = "The receiver answered 410 Gone";
  private static final Duration MARGIN = Duration.ofSeconds(30); // to write down how it went

  private final Turns turns;
  private final Names names;
  private final WebhookMeters meters;
  private final Owners owners;
  private final Lanes hosts = new Lanes();
  private final Lanes users = new Lanes();
  private Rounds<Taken> rounds;
  private WebhookSettings settings;
  private Sender sender;

  DeliveryVerticle(
      WebhookSettings settings, Turns turns, Names names, WebhookMeters meters, Owners owners) {
    this.settings = settings;
    this.turns = turns;
    this.names = names;
    this.meters = meters;
    this.owners = owners;
  }

  @Override
  public Future<?> start() {
    sender = new Sender(vertx, settings.reach(), names);
    rounds = new Rounds<>(vertx, "webhooks", this);
    rounds.wake();
    return Future.succeededFuture();
  }

  /** From any thread: there may be something that is due. */
  void wake() {
    rounds.wake();
  }

  /** From any thread; attempts under way go on as they began. */
  void use(WebhookSettings next) {
    context.runOnContext(
        v -> {
          sender.retire();
          settings = next;
          sender = new Sender(vertx, next.reach(), names);
          rounds.wake();
        });
  }

  /** From any thread: takes nothing more, and waits a moment for what is under way. */
  Future<Void> drain() {
    return rounds.drain();
  }

  @Override
  public int permits() {
    return settings.permits();
  }

  @Override
  public Future<List<Taken>> take(int room) {
    return turns.take(
        new Room(hosts, settings.perHost(), users, settings.perOwner(), room),
        settings.timeout().plus(MARGIN));
  }

  @Override
  public Future<Long> next() {
    return turns.next();
  }

  @Override
  public Future<Void> run(Taken taken) {
    hosts.enter(taken.lane());
    users.enter(taken.owner());
    meters.began();
    return owners
        .objection(taken)
        .compose(
            objection ->
                objection == null
                    ? attempt(taken).compose(sent -> settle(taken, sent, null))
                    : settle(taken, Sent.never(objection), objection))
        .onFailure(e -> LOG.warn("delivery {} not settled: {}", taken.id(), e.getMessage()))
        .onComplete(
            done -> {
              hosts.leave(taken.lane());
              users.leave(taken.owner());
              meters.ended();
            });
  }

  private Future<Sent> attempt(Taken taken) {
    return taken.message().secrets().isEmpty()
        ? Future.succeededFuture(Sent.never("The webhook's secret cannot be read; rotate it"))
        : sender.send(taken.message().parcel());
  }

  /** {@code reason} is why the webhook is to be disabled, or null. */
  private Future<Void> settle(Taken taken, Sent sent, String reason) {
    Attempt attempt = Attempt.of(sent);
    meters.attempted(attempt);
    if (attempt.isDelivered()) {
      return turns.delivered(taken, attempt).onSuccess(done -> meters.settled("delivered"));
    }
    Duration age = taken.age().plusMillis(attempt.durationMs());
    double chance = ThreadLocalRandom.current().nextDouble();
    Schedule schedule = new Schedule(settings.schedule());
    Duration delay = schedule.delay(taken.tries(), age, sent.retryAfter(), chance);
    return turns
        .failed(taken, attempt, delay, settings.disableAfter(), attempt.isGone() ? GONE : reason)
        .onSuccess(
            disabled -> {
              if (delay == null) meters.settled("failed");
              if (disabled == null) return;
              meters.disabled();
              owners.note(disabled);
            })
        .mapEmpty();
  }
}
