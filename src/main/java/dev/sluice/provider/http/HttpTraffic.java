package dev.sluice.provider.http;

import dev.sluice.conf.Size;
import dev.sluice.provider.Traffic;
import dev.sluice.provider.Traffic.Batching;
import dev.sluice.provider.Traffic.Breaking;
import dev.sluice.provider.Traffic.Bucket;
import dev.sluice.provider.Traffic.Retrying;
import dev.sluice.provider.Traffic.Waiting;
import java.time.Duration;

/**
 * The {@code traffic} of an upstream: how much it is asked by operations that name it. What is not
 * given has its default.
 *
 * @param permits requests under way at once, and so connections
 * @param timeout how long one attempt may take
 * @param maxAnswer the largest answer that is read
 * @param quota how much it may be asked over time; without it, as much as comes
 */
public record HttpTraffic(
    Integer permits,
    Duration timeout,
    Size maxAnswer,
    Waiting mailbox,
    Retrying retry,
    Breaking breaker,
    Bucket quota) {
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** Calls of operations never share a request. */
  private static final Batching NONE =
      new Batching(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMillis(1));

  public static final HttpTraffic USUAL = new HttpTraffic(null, null, null, null, null, null, null);

  public HttpTraffic {
    if (permits == null) permits = 32;
    if (timeout == null) timeout = Duration.ofSeconds(5);
    if (maxAnswer == null) maxAnswer = new Size(8 << 20);
    if (mailbox == null) mailbox = Waiting.USUAL;
    if (retry == null) retry = Retrying.USUAL;
    if (breaker == null) breaker = Breaking.USUAL;
    if (quota == null) quota = Bucket.USUAL;
    new Traffic(permits, timeout, SECOND, maxAnswer, mailbox, retry, breaker, NONE, quota);
  }

  /** The whole of what a provider verticle needs. */
  public Traffic with(Duration connectTimeout) {
    return new Traffic(
        permits, timeout, connectTimeout, maxAnswer, mailbox, retry, breaker, NONE, quota);
  }
}
