package dev.sluice.cache.http;

import dev.sluice.conf.Size;
import java.time.Duration;

/**
 * The {@code cache.http} section: routes with {@code cache: http}.
 *
 * @param bytes how much is kept in this process
 * @param maxEntry a larger response is passed on, not stored
 * @param heuristic the share of the time since Last-Modified that a response without a lifetime of
 *     its own counts as fresh, 0 for none (RFC 9111 §4.2.2)
 * @param bridge how long past its freshness a response stands in for an upstream that is out of
 *     reach, where it does not forbid that (RFC 9111 §4.2.4)
 */
public record HttpCacheSettings(Size bytes, Size maxEntry, double heuristic, Duration bridge) {
  public HttpCacheSettings {
    if (maxEntry.bytes() > bytes.bytes() || maxEntry.bytes() > 1 << 30) {
      throw new IllegalArgumentException("maxEntry must be at most 1GiB, and not above bytes");
    }
    if (!(heuristic >= 0 && heuristic <= 1)) {
      throw new IllegalArgumentException("heuristic must be from 0 to 1, such as 0.1");
    }
  }

  /**
   * How much of what is being fetched may be collected at once, in bytes: a quarter of the room.
   */
  long holds() {
    return Math.max(maxEntry.bytes(), bytes.bytes() / 4);
  }
}
