package dev.sluice.provider.email;

import dev.sluice.bus.Address;
import dev.sluice.call.Deadline;
import dev.sluice.observe.Health;
import dev.sluice.observe.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;

/** The door to outgoing mail. */
public final class Email {
  /** Its name below {@code providers}, and in the health. */
  public static final String NAME = "smtp";

  /** Where mails are handed in. Those who ask use {@link #send}; those who test may serve it. */
  public static final Address<Mail, Sent> ADDRESS =
      Address.local("provider." + NAME, Mail.class, Sent.class);

  private static final Duration USUAL = Duration.ofSeconds(30);

  /**
   * A mail to one person.
   *
   * @param to an address as {@link EmailAddress} takes it
   * @param subject one line
   * @param text as plain text; null only where there is HTML
   * @param html the same as HTML; may be null
   * @param kind what it is for, such as {@code sign-in-code}: a label of the metrics, of which
   *     there are few
   * @param deadline after which it is not tried any more
   */
  public record Mail(
      String to, String subject, String text, String html, String kind, Deadline deadline) {

    /** One that {@link #send} gives its deadline. */
    public Mail(String to, String subject, String text, String html, String kind) {
      this(to, subject, text, html, kind, Deadline.in(USUAL));
    }

    Mail by(Deadline other) {
      return new Mail(to, subject, text, html, kind, other);
    }

    /** Keeps what it says, and to whom, out of logs. */
    @Override
    public String toString() {
      return "Mail[" + kind + "]";
    }
  }

  /** The mail server has taken it, and under this id (RFC 5322 §3.6.4). */
  public record Sent(String messageId) {}

  private final Vertx vertx;
  private final Metrics metrics;
  private final Health health;
  private EmailVerticle verticle;

  public Email(Vertx vertx, Metrics metrics, Health health) {
    this.vertx = vertx;
    this.metrics = metrics;
    this.health = health;
  }

  /**
   * Sends a mail, with as many attempts as fit before the deadline. Fails with {@code
   * VALIDATION_ERROR} before anything is sent, {@code PROVIDER_NOT_CONFIGURED}, {@code OVERLOADED},
   * {@code TIMEOUT}, or {@code PROVIDER_ERROR} with the server's code as detail {@code
   * providerStatus}: not retryable where the server refuses this mail for good.
   */
  public static Future<Sent> send(Vertx vertx, Mail mail, Deadline deadline) {
    return ADDRESS.ask(vertx, mail.by(deadline), deadline);
  }

  /** Starts what sends; its component of the health is there where a host is set. */
  public Future<String> open(EmailSettings settings) {
    verticle = new EmailVerticle(settings, new EmailMeters(metrics));
    report(settings);
    return vertx.deployVerticle(verticle);
  }

  /** Sends by other settings from now on; mails that were handed in go out by the old ones. */
  public void use(EmailSettings settings) {
    verticle.use(settings);
    report(settings);
  }

  private void report(EmailSettings settings) {
    health.remove(NAME);
    if (settings.missingSetting() == null) {
      health.add(NAME, () -> Future.succeededFuture(verticle.status()));
    }
  }
}
