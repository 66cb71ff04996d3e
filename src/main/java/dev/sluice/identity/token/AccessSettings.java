package dev.sluice.identity.token;

import java.time.Duration;

/**
 * The gateway's own tokens.
 *
 * @param lifetime how long one is good
 * @param audience {@code aud} of them
 * @param rotateKeys how long a key signs before the next
 */
public record AccessSettings(Duration lifetime, String audience, Duration rotateKeys) {
  public AccessSettings {
    if (lifetime.isZero() || lifetime.toHours() >= 24) {
      throw new IllegalArgumentException("lifetime must be above 0 and below a day");
    }
    if (audience.isEmpty()) throw new IllegalArgumentException("audience must not be empty");
    if (rotateKeys.isZero()) throw new IllegalArgumentException("rotateKeys must be above 0");
  }
}
