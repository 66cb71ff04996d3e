package dev.sluice.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.outward.Sent;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a message, and when. */
class FateTest {
  private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(30));
  private static final Duration DAY = Duration.ofDays(1);

  @ParameterizedTest
  @CsvSource({
    "200, TAKEN",
    "201, TAKEN",
    "202, TAKEN",
    "404, GONE",
    "410, GONE",
    "406, BUSY",
    "429, BUSY",
    "408, AGAIN",
    "500, AGAIN",
    "502, AGAIN",
    "503, AGAIN",
    "504, AGAIN",
    "301, REFUSED",
    "307, REFUSED",
    "400, REFUSED",
    "401, REFUSED",
    "403, REFUSED",
    "413, REFUSED"
  })
  void aStatusSaysIt(int status, Fate fate) {
    assertEquals(fate, Fate.of(new Sent(Instant.now(), 1, status, null, null, null)));
  }

  @Test
  void whoeverDoesNotAnswerIsAskedAgain() {
    assertEquals(Fate.AGAIN, Fate.of(Sent.never("The connection was refused")));
  }

  @Test
  void waitsGrowUpToAnEnd() {
    assertEquals(Duration.ofSeconds(5), BACKOFF.wait(1, DAY, null, 0));
    assertEquals(Duration.ofSeconds(10), BACKOFF.wait(2, DAY, null, 0));
    assertEquals(Duration.ofSeconds(40), BACKOFF.wait(4, DAY, null, 0));
    assertEquals(Duration.ofMinutes(30), BACKOFF.wait(50, DAY, null, 0));
    assertTrue(BACKOFF.wait(1, DAY, null, 1).compareTo(Duration.ofSeconds(5)) > 0);
  }

  @Test
  void whatAPushServiceAsksForIsObeyed() {
    assertEquals(Duration.ofHours(2), BACKOFF.wait(1, DAY, Duration.ofHours(2), 0));
    assertEquals(Duration.ofSeconds(5), BACKOFF.wait(1, DAY, Duration.ofSeconds(1), 0));
  }

  @Test
  void whatIsTooOldByThenIsNotTriedAgain() {
    assertNull(BACKOFF.wait(1, Duration.ofSeconds(5), null, 0));
    assertNull(BACKOFF.wait(1, DAY, Duration.ofDays(2), 0));
  }
}
