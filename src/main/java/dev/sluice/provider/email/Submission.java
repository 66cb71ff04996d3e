package dev.sluice.provider.email;

import dev.sluice.call.Failure;
import dev.sluice.observe.Health;
import dev.sluice.provider.email.Email.Mail;
import dev.sluice.provider.email.Email.Sent;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.ext.mail.MailClient;
import io.vertx.ext.mail.SMTPException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One mail server by one set of settings: its connections, its permits, and the mails that wait for
 * one. All on one verticle's thread but {@link #status}.
 */
final class Submission {
  static final int MOST_WAITING = 1000;
  private static final Logger LOG = LoggerFactory.getLogger(Submission.class);
  private static final int ATTEMPTS = 3;
  private static final int FAILURES = 3;
  private static final long DELAY_MILLIS = 500;
  private static final Set<Integer> OF_LOGIN = Set.of(530, 534, 535, 538); // RFC 4954 §6
  private static final Set<Integer> ABSENT = Set.of(421, 454); // RFC 5321 §4.2.3, RFC 4954 §6

  private final Vertx vertx;
  private final EmailSettings settings;
  private final EmailMeters meters;
  private final MailClient client;
  private final Sender from;
  private final Deque<Letter> waiting = new ArrayDeque<>();
  private final Promise<Void> empty = Promise.promise();
  private int pending;
  private int underWay;
  private boolean retired;
  private boolean closing;
  private volatile int failures;

  Submission(Vertx vertx, EmailSettings settings, EmailMeters meters) {
    this.vertx = vertx;
    this.settings = settings;
    this.meters = meters;
    this.from = settings.sender();
    this.client = Connections.client(vertx, settings);
  }

  /** Sends a mail as soon as there is a permit. */
  Future<Sent> send(Mail mail) {
    Letter letter = Letter.of(mail);
    if (pending >= MOST_WAITING + settings.permits()) {
      meters.failed(mail.kind());
      return Future.failedFuture(Refusals.overloaded());
    }
    pending++;
    meters.handedIn();
    waiting.addLast(letter);
    pump();
    return letter.promise.future();
  }

  private void pump() {
    while (underWay < settings.permits() && !waiting.isEmpty()) attempt(waiting.removeFirst());
  }

  private void attempt(Letter letter) {
    long left = letter.deadline().remainingMillis();
    if (left == 0) {
      end(letter, null, Refusals.timeout());
      return;
    }
    underWay++;
    letter.attempts++;
    client
        .sendMail(letter.message(from))
        .timeout(Math.min(left, settings.timeout().toMillis()), TimeUnit.MILLISECONDS)
        .onComplete(
            result -> {
              underWay--;
              failures = 0;
              end(letter, new Sent(result.getMessageID()), null);
              pump();
            },
            cause -> {
              underWay--;
              failed(letter, cause);
              pump();
            });
  }

  private void failed(Letter letter, Throwable cause) {
    int code = cause instanceof SMTPException said ? said.getReplyCode() : 0;
    boolean ours = OF_LOGIN.contains(code);
    if (ours) failures = FAILURES;
    else if (code == 0 || ABSENT.contains(code)) failures++;
    else failures = 0; // it works, and does not want this mail, or not yet
    long delay = delay(letter.attempts);
    boolean inTime = letter.deadline().remainingMillis() > delay;
    if (code / 100 != 5 && letter.attempts < ATTEMPTS && inTime && !closing) {
      vertx.setTimer(delay, t -> again(letter));
      return;
    }
    if (ours) LOG.error("smtp does not take the login ({}); check providers.smtp", code);
    else LOG.warn("mail {} not sent: {}", letter.kind(), code == 0 ? cause.toString() : code);
    end(letter, null, ours ? Refusals.login(code) : Refusals.of(cause));
  }

  /** Before those who have not been tried: it has waited longer. */
  private void again(Letter letter) {
    if (closing) {
      end(letter, null, Refusals.shuttingDown());
      return;
    }
    waiting.addFirst(letter);
    pump();
  }

  private static long delay(int attempts) {
    double jitter = 1 + 0.3 * ThreadLocalRandom.current().nextDouble();
    return (long) ((DELAY_MILLIS << (attempts - 1)) * jitter);
  }

  private void end(Letter letter, Sent sent, Failure failure) {
    pending--;
    meters.done(letter.kind(), sent != null);
    if (sent != null) letter.promise.complete(sent);
    else letter.promise.fail(failure);
    if (retired && pending == 0) empty.tryComplete();
  }

  /** Closes the connections once all that was handed in is done. */
  Future<Void> retire() {
    retired = true;
    if (pending == 0) empty.tryComplete();
    return empty.future().transform(done -> client.close()).otherwiseEmpty();
  }

  /** Gives those up that wait; those under way have as long as {@code millis}. */
  Future<Void> close(long millis) {
    closing = true;
    while (!waiting.isEmpty()) end(waiting.removeFirst(), null, Refusals.shuttingDown());
    Future<Void> done = retire();
    return done.timeout(millis, TimeUnit.MILLISECONDS).otherwiseEmpty();
  }

  /** Any thread; whether the last attempts reached a server that works. */
  Health.Status status() {
    return failures >= FAILURES ? Health.Status.DEGRADED : Health.Status.UP;
  }
}
