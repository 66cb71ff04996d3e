package dev.sluice.identity.signin;

import java.time.Duration;

/**
 * One-time codes by mail.
 *
 * @param lifetime how long one is good
 * @param tries how often one may be tried
 * @param perAddress how many may be asked for by one address in a window
 * @param perIp and by one client, of IPv6 by one /64
 * @param window the time they are counted over
 */
public record CodeSettings(
    Duration lifetime, int tries, int perAddress, int perIp, Duration window) {
  public CodeSettings {
    boolean sane = tries > 0 && perAddress > 0 && perIp > 0;
    if (!sane) throw new IllegalArgumentException("tries, perAddress and perIp must be above 0");
    if (lifetime.isZero() || window.isZero() || window.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException(
          "lifetime and window must be above 0, and window an hour at most");
    }
  }
}
