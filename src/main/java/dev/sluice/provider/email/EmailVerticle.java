package dev.sluice.provider.email;

import dev.sluice.observe.Health;
import dev.sluice.provider.email.Email.Mail;
import dev.sluice.provider.email.Email.Sent;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Sends mails, from one thread. When the settings change, what is handed in from then on goes out
 * by them, and the rest as it would have.
 */
final class EmailVerticle extends VerticleBase {
  private static final long CLOSING_MILLIS = 2000;

  private final EmailMeters meters;
  private final Set<Submission> retiring = new HashSet<>();
  private EmailSettings settings;
  private volatile Submission submission;

  EmailVerticle(EmailSettings settings, EmailMeters meters) {
    this.settings = settings;
    this.meters = meters;
  }

  @Override
  public Future<?> start() {
    submission = submission();
    return Email.ADDRESS.serve(vertx, this::send).completion();
  }

  @Override
  public Future<?> stop() {
    List<Future<Void>> closed = new ArrayList<>();
    retiring.forEach(old -> closed.add(old.close(CLOSING_MILLIS)));
    if (submission != null) closed.add(submission.close(CLOSING_MILLIS));
    return Future.join(closed);
  }

  private Submission submission() {
    boolean able = settings.missingSetting() == null;
    return able ? new Submission(vertx, settings, meters) : null;
  }

  private Future<Sent> send(Mail mail) {
    if (submission != null) return submission.send(mail);
    meters.failed(mail.kind());
    return Future.failedFuture(Refusals.notConfigured(settings.missingSetting()));
  }

  /** From any thread. */
  void use(EmailSettings next) {
    context.runOnContext(
        v -> {
          Submission old = submission;
          settings = next;
          submission = submission();
          if (old == null) return;
          retiring.add(old);
          old.retire().onComplete(done -> retiring.remove(old));
        });
  }

  /** Any thread. */
  Health.Status status() {
    Submission now = submission;
    return now == null ? Health.Status.DOWN : now.status();
  }
}
