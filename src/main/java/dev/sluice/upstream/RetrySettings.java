package dev.sluice.upstream;

import java.util.List;

/**
 * When a request is sent to another target: one that may be repeated (RFC 9110 §9.2.2), or was not
 * sent at all, of whose body nothing has been passed on.
 *
 * @param attempts how often after the first; 0, never
 * @param budget retries as a share of all requests, so that they cannot multiply an outage
 * @param statuses answers after which it is sent to another target, too
 */
public record RetrySettings(Integer attempts, Double budget, List<Integer> statuses) {
  static final RetrySettings DEFAULT = new RetrySettings(null, null, null);
  private static final int MOST = 10;

  public RetrySettings {
    if (attempts == null) attempts = 2;
    if (budget == null) budget = 0.2;
    statuses = statuses == null ? List.of() : List.copyOf(statuses);
    if (attempts < 0 || attempts > MOST) {
      throw new IllegalArgumentException("attempts must be from 0 to " + MOST);
    }
    if (!(budget >= 0 && budget <= 1)) {
      throw new IllegalArgumentException("budget must be from 0 to 1");
    }
    if (statuses.stream().anyMatch(status -> status < 400 || status > 599)) {
      throw new IllegalArgumentException("statuses must be from 400 to 599");
    }
  }
}
