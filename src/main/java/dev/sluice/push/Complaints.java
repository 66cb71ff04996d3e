package dev.sluice.push;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells an operator what push services hold against this gateway: of each once, for it is the same
 * of every message. What they say is not told; it may have the endpoint in it.
 */
final class Complaints {
  private static final Logger LOG = LoggerFactory.getLogger(Complaints.class);
  private static final Duration AGAIN = Duration.ofHours(6);
  private static final int MOST = 1_000;

  private final Cache<String, Boolean> told =
      Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(AGAIN).build();

  void note(String host, int status) {
    if (told.asMap().putIfAbsent(host + " " + status, true) != null) return;
    LOG.error("push service {} answers {}: {}", host, status, hint(status));
  }

  private static String hint(int status) {
    return switch (status) {
      case 401, 403 ->
          "see push.subject, and whether push.publicKey is what browsers subscribed for";
      case 413 -> "it takes shorter messages than RFC 8030 has it";
      default -> "messages to it are dropped";
    };
  }
}
