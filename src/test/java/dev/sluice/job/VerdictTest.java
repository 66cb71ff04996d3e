package dev.sluice.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Body;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Reply;
import dev.sluice.guard.idempotency.Outcome;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Schedule SCHEDULE =
      new Schedule(List.of(SECOND, SECOND.multipliedBy(5)), 0, Duration.ofHours(1));

  private static Job job(int attempts, Duration age) {
    Buffer none = Buffer.buffer();
    Instant then = Instant.now().minus(age);
    return new Job(
        UUID.randomUUID(),
        "call",
        "x",
        null,
        none,
        State.RUNNING,
        then,
        false,
        attempts + 1,
        attempts,
        false,
        null,
        then,
        null);
  }

  private static Verdict of(Failure failure, int attempts) {
    return Verdict.of(Outcome.of(failure), job(attempts, Duration.ZERO), SCHEDULE, false);
  }

  private static Verdict of(int status, String... header) {
    Reply reply = Reply.of(status, Body.NONE);
    if (header.length > 0) reply = reply.with(header[0], header[1]);
    return Verdict.of(Outcome.of(reply), job(0, Duration.ZERO), SCHEDULE, false);
  }

  @Test
  void aReplyEndsIt() {
    assertEquals(State.SUCCEEDED, of(204).state());
    assertEquals(State.FAILED, of(404).state());
  }

  @Test
  void aReplyThatIsNoneYetDoesNot() {
    for (int status : new int[] {408, 425, 429, 500, 503}) {
      assertEquals(new Verdict(State.WAITING, SECOND, true), of(status));
    }
    assertEquals(Duration.ofSeconds(7), of(429, "retry-after", "7").pause());
    assertEquals(SECOND, of(429, "retry-after", "tomorrow").pause());
  }

  @Test
  void attemptsAreUsedUpBySchedule() {
    Failure busy = Failure.unavailable("BUSY", "x");
    assertEquals(new Verdict(State.WAITING, SECOND, true), of(busy, 0));
    assertEquals(new Verdict(State.WAITING, Duration.ofSeconds(5), true), of(busy, 1));
    assertEquals(State.DEAD, of(busy, 2).state());
    assertEquals(Duration.ofSeconds(60), of(busy.retryAfter(Duration.ofSeconds(60)), 0).pause());
  }

  @Test
  void whoCannotBeAskedIsWaitedForWithoutAnAttempt() {
    for (Failure away :
        List.of(
            Failure.unavailable("CIRCUIT_OPEN", "x"),
            Failure.unavailable("OVERLOADED", "x"),
            Failure.of(Category.UPSTREAM, "PROVIDER_ERROR", "x").detail("outOfReach", true))) {
      assertEquals(new Verdict(State.WAITING, SECOND, false), of(away, 0));
      assertEquals(Duration.ofSeconds(4), of(away, 2).pause());
      assertEquals(Duration.ofMinutes(1), of(away, 50).pause());
      Job old = job(0, Duration.ofHours(2));
      assertEquals(State.DEAD, Verdict.of(Outcome.of(away), old, SCHEDULE, false).state());
    }
    assertTrue(of(Failure.of(Category.UPSTREAM, "PROVIDER_ERROR", "x"), 0).counts());
  }

  @Test
  void whatIsFinalEndsIt() {
    assertEquals(State.FAILED, of(Failure.of(Category.CONFLICT, "NO", "x"), 0).state());
    assertEquals(State.FAILED, of(Failure.unavailable("OFF", "x").isFinal(), 0).state());
    assertEquals(State.WAITING, of(Failure.internal(), 0).state());
    assertEquals(State.DEAD, of(Gone.operation("x"), 0).state());
  }

  @Test
  void whatWasStoppedIsCancelledUnlessItWasDone() {
    Job job = job(0, Duration.ZERO);
    Outcome cut = Outcome.of(Failure.unavailable("CANCELLED", "x"));
    assertEquals(State.CANCELLED, Verdict.of(cut, job, SCHEDULE, true).state());
    Outcome done = Outcome.of(Reply.of(200, Body.NONE));
    assertEquals(State.SUCCEEDED, Verdict.of(done, job, SCHEDULE, true).state());
  }

  @Test
  void pausesGrow() {
    Schedule growing = Schedule.growing(5, SECOND, 3, Duration.ofSeconds(10), Duration.ZERO);
    assertEquals(5, growing.attempts());
    assertEquals(
        List.of(1L, 3L, 9L, 10L), growing.pauses().stream().map(Duration::toSeconds).toList());
    assertNull(growing.after(5));
    for (int i = 0; i < 100; i++) {
      long millis = growing.after(1).toMillis();
      assertFalse(millis < 1000 || millis > 1300, "" + millis);
    }
  }
}
