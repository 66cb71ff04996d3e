package dev.sluice.provider;

import dev.sluice.call.Failure;
import java.time.Duration;

/** Why a call to one provider fails, in words that name no host. */
final class Refusals {
  private final String provider;

  Refusals(String provider) {
    this.provider = provider;
  }

  /** It could not be reached, or what it said was no answer: 502 PROVIDER_ERROR. */
  Failure broken(String what) {
    return Failure.of(Failure.Category.UPSTREAM, "PROVIDER_ERROR", provider + " " + what + ".")
        .detail("provider", provider)
        .suggest("The provider has trouble; try again later.");
  }

  /** It failed: 502 PROVIDER_ERROR, with Retry-After where it asks to wait. */
  Failure answered(int status, long waitMillis) {
    Failure failure = broken("answered " + status);
    return waitMillis > 0 ? failure.retryAfter(Duration.ofMillis(waitMillis)) : failure;
  }

  /** Nobody was there: 502 PROVIDER_ERROR that says so. */
  Failure outOfReach() {
    return broken("is out of reach").detail("outOfReach", true);
  }

  Failure timeout() {
    return Failure.timeout(provider);
  }

  /** Too much for now, whoever counts it: 503 OVERLOADED with Retry-After. */
  Failure overloaded(String message, long waitMillis) {
    return Failure.unavailable("OVERLOADED", message)
        .detail("provider", provider)
        .suggest("Try again after as many seconds as Retry-After says.")
        .retryAfter(Duration.ofMillis(waitMillis));
  }

  Failure mailboxFull(long waitMillis) {
    return overloaded("Too many calls wait for " + provider + ".", waitMillis);
  }

  Failure quotaUsedUp(long waitMillis) {
    return overloaded("The quota of " + provider + " is used up.", waitMillis);
  }

  Failure ownQuotaUsedUp(long waitMillis) {
    return overloaded("Your quota at " + provider + " is used up.", waitMillis);
  }

  /** 503 CIRCUIT_OPEN; asked again after {@code left}. */
  Failure circuitOpen(Duration left) {
    return Failure.unavailable(
            "CIRCUIT_OPEN", provider + " keeps failing and is not asked for a while.")
        .detail("provider", provider)
        .suggest("Wait as long as Retry-After says; cached answers are still served.")
        .retryAfter(left);
  }

  /** 503 PROVIDER_NOT_CONFIGURED, with the setting's name. */
  Failure notConfigured(String setting) {
    return Failure.unavailable(
            "PROVIDER_NOT_CONFIGURED", provider + " is not configured on this gateway.")
        .isFinal()
        .detail("setting", setting)
        .suggest("Set " + setting + ", or run with --sandbox.");
  }

  static Failure cancelled() {
    return Failure.unavailable("CANCELLED", "The client went away.");
  }

  static Failure shuttingDown() {
    return Failure.unavailable("SERVICE_UNAVAILABLE", "The gateway is shutting down.");
  }
}
