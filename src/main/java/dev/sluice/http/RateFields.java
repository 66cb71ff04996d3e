package dev.sluice.http;

import dev.sluice.guard.limit.Tally;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;

/** Tells clients what is left of their limit (draft-ietf-httpapi-ratelimit-headers-10 §3, §4). */
final class RateFields {
  private static final CharSequence POLICY = HttpHeaders.createOptimized("ratelimit-policy");
  private static final CharSequence STANDING = HttpHeaders.createOptimized("ratelimit");

  private RateFields() {}

  /** Unless an upstream has told its own; {@code counted} is null where nothing was counted. */
  static void put(MultiMap headers, Tally counted) {
    if (counted == null || counted == Tally.NONE || headers.contains(STANDING)) return;
    headers.remove(POLICY);
    add(headers, counted);
  }

  /** To fields that have none yet. */
  static void add(MultiMap headers, Tally counted) {
    if (counted == Tally.NONE) return;
    headers.add(POLICY, counted.policy());
    headers.add(STANDING, counted.standing());
  }
}
