package dev.sluice.webhook;

import dev.sluice.outward.Reach;
import java.time.Duration;
import java.util.List;

/**
 * The {@code webhooks} section.
 *
 * @param perUser how many webhooks one user may have
 * @param http whether URLs with http are taken, too
 * @param allow networks and hosts that may be reached though they are not public
 * @param ca a PEM file: the authorities that are believed instead of the Java runtime's own
 * @param schedule when a delivery is tried, counted from its event
 * @param disableAfter a webhook that has taken nothing for so long is disabled
 * @param overlap how long a secret stays good that has been replaced
 * @param keep how long deliveries that have ended can be seen
 * @param connectTimeout of looking a name up, and of connecting, TLS included
 * @param timeout of one attempt, from beginning to end
 * @param permits attempts under way at once,
 * @param perHost and of one user's, to one host
 */
public record WebhookSettings(
    int perUser,
    boolean http,
    List<String> allow,
    String ca,
    List<Duration> schedule,
    Duration disableAfter,
    Duration overlap,
    Duration keep,
    Duration connectTimeout,
    Duration timeout,
    int permits,
    int perHost) {
  private static final Duration LONGEST = Duration.ofDays(7);

  public WebhookSettings {
    allow = List.copyOf(allow);
    schedule = List.copyOf(schedule);
    new Reach(http, allow, ca, connectTimeout, timeout); // which says what is wrong with them
    require(perUser >= 0 && perUser <= 1000, "perUser must be from 0 to 1000");
    require(
        !schedule.isEmpty() && schedule.size() <= 50 && ascends(schedule),
        "schedule must be up to 50 times, each later than the one before, and 7d at most");
    require(disableAfter.toMillis() > 0, "disableAfter must be above 0");
    require(overlap.compareTo(LONGEST) <= 0, "overlap may be 7d at most");
    require(keep.toMillis() > 0, "keep must be above 0");
    require(permits > 0 && permits <= 1000, "permits must be from 1 to 1000");
    require(perHost > 0 && perHost <= permits, "perHost must be from 1 to permits");
  }

  Reach reach() {
    return new Reach(http, allow, ca, connectTimeout, timeout);
  }

  /** Of one user's webhooks, however many hosts they are on. */
  int perOwner() {
    return Math.max(perHost, permits / 4);
  }

  private static boolean ascends(List<Duration> times) {
    Duration before = Duration.ofMillis(-1);
    for (Duration time : times) {
      if (time.compareTo(before) <= 0 || time.compareTo(LONGEST) > 0) return false;
      before = time;
    }
    return true;
  }

  private static void require(boolean right, String otherwise) {
    if (!right) throw new IllegalArgumentException(otherwise);
  }
}
