package dev.sluice.upstream.connection;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code Keep-Alive: timeout=5, max=100} (RFC 2068 §19.7.1.1), as Apache, Node and others say it.
 */
final class KeepAlive {
  private static final Pattern TIMEOUT =
      Pattern.compile("(?:^|[,;\\s])timeout\\s*=\\s*\"?([0-9]{1,6})", Pattern.CASE_INSENSITIVE);

  /** A request that is sent in the last moment would cross the end of the connection. */
  private static final long MARGIN_NANOS = Duration.ofSeconds(1).toNanos();

  private KeepAlive() {}

  /** How long an idle connection can be used, in nanoseconds; without end where nothing is said. */
  static long nanos(String field) {
    if (field == null) return Long.MAX_VALUE;
    Matcher timeout = TIMEOUT.matcher(field);
    if (!timeout.find()) return Long.MAX_VALUE;
    long nanos = Duration.ofSeconds(Long.parseLong(timeout.group(1))).toNanos();
    return Math.max(nanos / 2, nanos - MARGIN_NANOS);
  }
}
