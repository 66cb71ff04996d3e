package dev.sluice.push;

import dev.sluice.bus.EventPattern;
import java.time.Duration;
import java.util.List;

/**
 * How some events are sent.
 *
 * @param pattern of them, such as {@code job.*}
 * @param ttl as long as for others where it is null
 * @param urgency as for others where it is null
 * @param replaceable whether a newer one of a type takes the place of one that was not delivered
 */
public record EventSettings(String pattern, Duration ttl, Urgency urgency, Boolean replaceable) {

  public EventSettings {
    if (pattern == null) throw new IllegalArgumentException("pattern is missing");
    try {
      EventPattern.pattern(pattern);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("pattern " + e.getMessage(), e);
    }
    if (replaceable == null) replaceable = false;
    if (ttl != null) PushSettings.requireTtl(ttl);
  }

  boolean has(String type) {
    return List.of(EventPattern.having(type)).contains(pattern);
  }
}
