package dev.sluice.upstream;

import java.time.Duration;
import java.util.List;

/**
 * Active checks of each target.
 *
 * @param path what is asked for with GET
 * @param interval from one check's end to the next
 * @param timeout by when it must have answered
 * @param expect the statuses of a target that is well; empty, any from 200 to 399
 * @param rise how many checks in a row must succeed before it is used again
 * @param fall how many must fail before it is not; of the very first check, one suffices
 */
public record HealthSettings(
    String path,
    Duration interval,
    Duration timeout,
    List<Integer> expect,
    Integer rise,
    Integer fall) {
  public HealthSettings {
    if (interval == null) interval = Duration.ofSeconds(5);
    if (timeout == null) timeout = Duration.ofSeconds(2);
    expect = expect == null ? List.of() : List.copyOf(expect);
    if (rise == null) rise = 2;
    if (fall == null) fall = 3;
    if (path == null || !path.startsWith("/") || !path.matches("[\\x21-\\x7e&&[^#]]+")) {
      throw new IllegalArgumentException("path must be one such as /health");
    }
    if (UpstreamSettings.isOdd(interval) || UpstreamSettings.isOdd(timeout)) {
      throw new IllegalArgumentException("interval and timeout must be above 0 and below a day");
    }
    if (expect.stream().anyMatch(status -> status < 200 || status > 599)) {
      throw new IllegalArgumentException("expect must be statuses from 200 to 599");
    }
    if (rise < 1 || fall < 1) throw new IllegalArgumentException("rise, fall must be 1 at least");
  }

  boolean isWell(int status) {
    return expect.isEmpty() ? status >= 200 && status < 400 : expect.contains(status);
  }
}
