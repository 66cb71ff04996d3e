package dev.sluice.identity.session;

import java.time.Duration;
import java.util.Locale;

/**
 * How long users stay signed in.
 *
 * @param idle without a refresh
 * @param longest in all
 * @param grace within which a refresh token that has just been used is answered as it was
 * @param sameSite of the cookies (RFC 6265bis §5.6.7)
 */
public record SessionSettings(Duration idle, Duration longest, Duration grace, SameSite sameSite) {

  /** Which sites' requests bring the cookies along. */
  public enum SameSite {
    STRICT,
    LAX,
    NONE;

    /** As it stands in a cookie. */
    public String word() {
      return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    }
  }

  public SessionSettings {
    if (idle.isZero() || longest.compareTo(idle) < 0) {
      throw new IllegalArgumentException("idle must be above 0, and longest no less");
    }
    if (grace.compareTo(Duration.ofMinutes(5)) > 0)
      throw new IllegalArgumentException("grace may be 5m at most");
  }
}
