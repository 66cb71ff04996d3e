package dev.sluice.identity.signin;

import java.time.Duration;

/**
 * Passwords.
 *
 * @param shortest the fewest characters
 * @param tries how often one account's may be tried in a window, from wherever
 * @param perIp how often one client may try any, of IPv6 one /64
 * @param window the time they are counted over
 */
public record PasswordSettings(int shortest, int tries, int perIp, Duration window) {
  public PasswordSettings {
    if (shortest < 8 || shortest > 64) {
      throw new IllegalArgumentException("shortest must be from 8 (NIST SP 800-63B) to 64");
    }
    if (tries <= 0 || perIp <= 0) {
      throw new IllegalArgumentException("tries and perIp must be above 0");
    }
    if (window.isZero() || window.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("window must be above 0 and an hour at most");
    }
  }
}
