package dev.sluice.cache.http;

import io.vertx.core.MultiMap;
import java.util.List;

/**
 * What a response says to this cache: a field that is targeted at it goes before Cache-Control and
 * Expires (RFC 9213 §2.2).
 */
record Control(Directives says, boolean isTargeted) {
  /** The most exact first. */
  private static final List<String> TARGETED = List.of("sluice-cache-control", "cdn-cache-control");

  static Control of(MultiMap fields) {
    for (String name : TARGETED) {
      if (!fields.contains(name)) continue;
      Directives targeted = Directives.parseTargeted(fields.getAll(name));
      if (targeted != null) return new Control(targeted, true);
    }
    return new Control(Directives.parse(fields.getAll("cache-control")), false);
  }
}
