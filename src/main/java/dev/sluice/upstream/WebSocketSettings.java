package dev.sluice.upstream;

import java.time.Duration;

/**
 * What becomes of the WebSockets that are passed on to an upstream, each over a connection of its
 * own.
 *
 * @param max how many may be open at once, of all event loops
 * @param idleTimeout after so long without a byte of either side one is closed
 */
public record WebSocketSettings(Integer max, Duration idleTimeout) {
  static final WebSocketSettings USUAL = new WebSocketSettings(null, null);

  public WebSocketSettings {
    if (max == null) max = 10_000;
    if (idleTimeout == null) idleTimeout = Duration.ofHours(1);
    if (max < 0) throw new IllegalArgumentException("max must be 0 at least");
    if (idleTimeout.isZero() || idleTimeout.toDays() > 30) {
      throw new IllegalArgumentException("idleTimeout must be above 0, and 30 days at most");
    }
  }
}
