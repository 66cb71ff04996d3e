package dev.sluice.outward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

  @Test
  void isSecondsOrADate() {
    assertEquals(Duration.ofSeconds(120), RetryAfter.of("120"));
    ZonedDateTime then = ZonedDateTime.now(ZoneOffset.UTC).plusHours(2);
    Duration wait = RetryAfter.of(DateTimeFormatter.RFC_1123_DATE_TIME.format(then));
    assertTrue(wait.toMinutes() > 110 && wait.toMinutes() <= 120, wait::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-1", "soon", "1.5", "99999999999999999999", "Fri, 31 Dec 1999 23:59:59 GMT"})
  void orNothing(String field) {
    assertNull(RetryAfter.of(field));
  }

  @Test
  void withoutAFieldToo() {
    assertNull(RetryAfter.of(null));
  }
}
