package dev.sluice.push;

import java.time.Instant;
import java.util.List;

/**
 * A subscription that is wanted, as a browser tells of it (Push API, PushSubscriptionJSON).
 *
 * @param expirationTime null where the browser knows none
 * @param events patterns of those that it is to be told of
 */
public record Wish(
    String owner,
    String endpoint,
    Instant expirationTime,
    String p256dh,
    String auth,
    List<String> events) {
  @Override
  public String toString() {
    return "Wish[" + owner + "]";
  }
}
