package dev.sluice.provider;

import dev.sluice.provider.Traffic.Retrying;
import java.util.function.DoubleSupplier;

/** How long to wait before an attempt: exponential, capped, with jitter on top. */
record Backoff(Retrying settings, DoubleSupplier random) {

  /** Milliseconds after {@code attempts} failed ones. */
  long millis(int attempts) {
    double delay = settings.delay().toMillis() * Math.pow(settings.factor(), attempts - 1d);
    double capped = Math.min(delay, settings.maxDelay().toMillis());
    return (long) (capped * (1 + settings.jitter() * random.getAsDouble()));
  }
}
