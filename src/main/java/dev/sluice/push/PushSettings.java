package dev.sluice.push;

import dev.sluice.outward.Reach;
import java.time.Duration;
import java.util.List;

/**
 * The {@code push} section.
 *
 * @param publicKey of the pair that push services know this gateway by, 65 bytes in base64url;
 *     empty, one that was made here
 * @param privateKey its other half, 32 bytes in base64url
 * @param subject whom a push service can ask about this gateway, mailto: or https:; empty, nothing
 *     is sent
 * @param ttl how long a message is worth sending
 * @param urgency when a device is to be woken for one
 * @param events what is otherwise for some; the first that has an event counts
 * @param perUser how many browsers of one user are told; the one that subscribed first goes
 * @param http whether endpoints with http are taken, too
 * @param allow networks and hosts that may be reached though they are not public
 * @param ca a PEM file: the authorities that are believed instead of the Java runtime's own
 * @param connectTimeout of looking a name up, and of connecting, TLS included
 * @param timeout of one attempt, from beginning to end
 * @param delay before the second attempt; it doubles with each
 * @param maxDelay the longest it gets
 * @param removeAfter a subscription whose push service has failed for so long is removed
 * @param permits attempts under way at once,
 * @param perHost and to one host
 */
public record PushSettings(
    String publicKey,
    String privateKey,
    String subject,
    Duration ttl,
    Urgency urgency,
    List<EventSettings> events,
    int perUser,
    boolean http,
    List<String> allow,
    String ca,
    Duration connectTimeout,
    Duration timeout,
    Duration delay,
    Duration maxDelay,
    Duration removeAfter,
    int permits,
    int perHost) {
  private static final Duration LONGEST_TTL = Duration.ofDays(28); // what push services keep
  private static final int PER_OWNER = 4;

  public PushSettings {
    events = List.copyOf(events);
    allow = List.copyOf(allow);
    require(!publicKey.isEmpty() || privateKey.isEmpty(), "privateKey has no publicKey beside it");
    if (!publicKey.isEmpty()) new ServerKey(publicKey, privateKey); // or it says what is wrong
    require(
        subject.isEmpty() || subject.matches("(mailto:[^\\s\"\\\\@]+@|https://)[^\\s\"\\\\]+"),
        "subject must be such as mailto:ops@example.com or https://example.com/contact");
    requireTtl(ttl);
    require(perUser > 0 && perUser <= 100, "perUser must be from 1 to 100");
    new Reach(http, allow, ca, connectTimeout, timeout); // which says what is wrong with them
    require(
        delay.toMillis() > 0 && maxDelay.compareTo(delay) >= 0,
        "maxDelay must not be shorter than delay, which must be above 0");
    require(removeAfter.toMillis() > 0, "removeAfter must be above 0");
    require(permits > 0 && permits <= 1000, "permits must be from 1 to 1000");
    require(perHost > 0 && perHost <= permits, "perHost must be from 1 to permits");
  }

  Reach reach() {
    return new Reach(http, allow, ca, connectTimeout, timeout);
  }

  /** The pair that was given; null where one is to be made. */
  ServerKey key() {
    return publicKey.isEmpty() ? null : new ServerKey(publicKey, privateKey);
  }

  /** Of one user's, whose endpoints may all be slow. */
  int perOwner() {
    return Math.min(PER_OWNER, permits);
  }

  /** How an event is sent. */
  EventSettings of(String type) {
    EventSettings own =
        events.stream()
            .filter(one -> one.has(type))
            .findFirst()
            .orElse(new EventSettings("*", null, null, false));
    return new EventSettings(
        own.pattern(),
        own.ttl() == null ? ttl : own.ttl(),
        own.urgency() == null ? urgency : own.urgency(),
        own.replaceable());
  }

  /** What a push service can count, and keeps. */
  static void requireTtl(Duration ttl) {
    require(ttl.toSeconds() >= 1 && ttl.compareTo(LONGEST_TTL) <= 0, "ttl must be from 1s to 28d");
  }

  private static void require(boolean right, String otherwise) {
    if (!right) throw new IllegalArgumentException(otherwise);
  }

  @Override
  public String toString() {
    return "PushSettings[" + publicKey + ", " + subject + ", ttl " + ttl + "]";
  }
}
