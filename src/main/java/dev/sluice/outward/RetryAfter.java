package dev.sluice.outward;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;

/** How long somebody asks to be left alone (RFC 9110 §10.2.3). */
final class RetryAfter {
  private RetryAfter() {}

  /** Null where the field says nothing that can be read. */
  static Duration of(String field) {
    if (field == null) return null;
    if (field.matches("[0-9]{1,9}")) return Duration.ofSeconds(Long.parseLong(field));
    try {
      Instant then = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(field));
      Duration wait = Duration.between(Instant.now(), then);
      return wait.isNegative() ? null : wait;
    } catch (DateTimeException e) {
      return null;
    }
  }
}
