package dev.sluice.provider.email;

import dev.sluice.call.Failure;
import io.vertx.ext.mail.SMTPException;
import java.time.Duration;

/** Why a mail is not sent, in words that name no host and no address. */
final class Refusals {
  private static final String PROVIDER = "smtp";

  private Refusals() {}

  static Failure notConfigured(String setting) {
    return Failure.unavailable("PROVIDER_NOT_CONFIGURED", "smtp is not configured on this gateway.")
        .isFinal()
        .detail("setting", setting)
        .suggest("Set " + setting + ", or run with --sandbox.");
  }

  static Failure overloaded() {
    return Failure.unavailable("OVERLOADED", "Too many mails wait to be sent.")
        .detail("provider", PROVIDER)
        .suggest("Try again after as many seconds as Retry-After says.")
        .retryAfter(Duration.ofSeconds(10));
  }

  static Failure timeout() {
    return Failure.timeout(PROVIDER);
  }

  static Failure shuttingDown() {
    return Failure.unavailable("SERVICE_UNAVAILABLE", "The gateway is shutting down.");
  }

  /** What the mail server said, or that it said nothing. */
  static Failure of(Throwable cause) {
    if (!(cause instanceof SMTPException said)) {
      return broken("could not take the mail").suggest("The mail server has trouble; try later.");
    }
    Failure refused = broken("refused the mail").detail("providerStatus", said.getReplyCode());
    return said.isPermanent()
        ? refused.isFinal().suggest("Check the address.")
        : refused.suggest("The mail server asks to try again later.");
  }

  /** The gateway's own login is refused, which is not for the caller to mend. */
  static Failure login(int code) {
    return broken("does not take the gateway's login")
        .isFinal()
        .detail("providerStatus", code)
        .suggest("The operator must correct providers.smtp.");
  }

  private static Failure broken(String what) {
    return Failure.of(Failure.Category.UPSTREAM, "PROVIDER_ERROR", PROVIDER + " " + what + ".")
        .detail("provider", PROVIDER);
  }
}
