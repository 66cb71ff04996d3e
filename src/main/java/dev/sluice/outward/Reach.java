package dev.sluice.outward;

import dev.sluice.upstream.Pem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How far what is sent may reach, and for how long. Throws {@link IllegalArgumentException}, which
 * begins with the name of what is wrong.
 *
 * @param http whether URLs with http are taken, too
 * @param allow networks and hosts that may be reached though they are not public
 * @param ca a PEM file: the authorities that are believed instead of the Java runtime's own; empty
 *     for those
 * @param connectTimeout of looking a name up, and of connecting, TLS included
 * @param timeout of one attempt, from beginning to end
 */
public record Reach(
    boolean http, List<String> allow, String ca, Duration connectTimeout, Duration timeout) {
  private static final Duration LONGEST = Duration.ofMinutes(1);

  public Reach {
    allow = List.copyOf(allow);
    Addresses.allowing(allow);
    if (!ca.isEmpty()) Pem.certificates("ca", Path.of(ca));
    require(
        connectTimeout.toMillis() > 0 && timeout.compareTo(connectTimeout) >= 0,
        "timeout must not be shorter than connectTimeout, which must be above 0");
    require(timeout.compareTo(LONGEST) <= 0, "timeout may be 1m at most");
  }

  private static void require(boolean right, String otherwise) {
    if (!right) throw new IllegalArgumentException(otherwise);
  }
}
