package dev.sluice.guard.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.call.Failure;
import io.micrometer.core.instrument.Counter;
import io.netty.util.AsciiString;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;

/** One quota of one class, and all whom it counts. */
final class Rule {
  /** Clients; who has not called for longest is forgotten first. */
  private static final int MOST = 100_000;

  /**
   * What it counts with.
   *
   * @param nanos a clock that does not go back
   */
  record Means(Shared shared, Counter refused, LongSupplier nanos) {}

  private final String name;
  private final String key;
  private final Quota quota;
  private final Means means;
  private final CharSequence policy;
  private final byte[] before;
  private final byte[] after;
  private final Cache<String, Tally> tallies;

  /**
   * A quota's.
   *
   * @param name of the class
   * @param key what it is counted under, where all nodes count
   */
  Rule(String name, String key, Quota quota, Means means) {
    this.name = name;
    this.key = key;
    this.quota = quota;
    this.means = means;
    String quoted = "\"" + name.replaceAll("[^ !#-\\[\\]-~]", "_") + "\""; // RFC 9651 §3.3.3
    this.policy =
        HttpHeaders.createOptimized(quoted + ";q=" + quota.requests() + ";w=" + quota.seconds());
    this.before = (quoted + ";r=").getBytes(StandardCharsets.US_ASCII);
    this.after = (";t=" + quota.secondsToRestore()).getBytes(StandardCharsets.US_ASCII);
    this.tallies = Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();
  }

  Tally of(String client) {
    return tallies.get(client, c -> new Tally(this, c, now()));
  }

  /** Forgets those of whom nothing counts any more. */
  void sweep() {
    tallies.asMap().values().removeIf(Tally::isIdle);
  }

  void forget(String client) {
    tallies.invalidate(client);
  }

  void forgetAll() {
    tallies.invalidateAll();
  }

  void report() {
    tallies.asMap().values().forEach(Tally::report);
  }

  Failure refusal(long nanosToWait) {
    means.refused.increment();
    if (nanosToWait == Tally.CLOSED) {
      return Failure.unavailable("SERVICE_UNAVAILABLE", "Calls cannot be counted just now.")
          .suggest("Try again in a moment.")
          .retryAfter(Duration.ofSeconds(1));
    }
    return Failure.of(
            Failure.Category.RATE_LIMIT,
            "RATE_LIMIT_EXCEEDED",
            "More than " + quota.requests() + " requests in " + quota.seconds() + " s.")
        .detail("limit", quota.requests())
        .detail("window", quota.seconds())
        .detail("class", name)
        .suggest("Wait as long as Retry-After says.")
        .retryAfter(Duration.ofNanos(nanosToWait));
  }

  /** What this node admits on its own; one at least, or nobody would be served. */
  int share() {
    return Math.max(1, quota.requests() / means.shared.nodes());
  }

  boolean isShared() {
    return means.shared != Shared.NONE;
  }

  Shared shared() {
    return means.shared;
  }

  Quota quota() {
    return quota;
  }

  String key() {
    return key;
  }

  CharSequence policy() {
    return policy;
  }

  /** In each answer, and so without a detour through characters. */
  CharSequence standing(int left) {
    int digits = 1;
    for (int rest = left; rest >= 10; rest /= 10) digits++;
    byte[] text = Arrays.copyOf(before, before.length + digits + after.length);
    int at = before.length + digits;
    System.arraycopy(after, 0, text, at, after.length);
    for (int rest = left; digits-- > 0; rest /= 10) text[--at] = (byte) ('0' + rest % 10);
    return new AsciiString(text, false);
  }

  long now() {
    return means.nanos.getAsLong();
  }
}
