package dev.sluice.job;

import dev.sluice.call.Failure;
import dev.sluice.guard.idempotency.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * What a run's outcome makes of its job. Pure.
 *
 * @param state WAITING, where it is tried again
 * @param pause until then
 * @param counts whether the run uses up an attempt
 */
record Verdict(State state, Duration pause, boolean counts) {
  /** Whoever is to be asked is not: it was no attempt. */
  private static final Set<String> NOT_ASKED = Set.of("CIRCUIT_OPEN", "OVERLOADED");

  private static final long LEAST_SECONDS = 1; // between looks at who is away,
  private static final long MOST_SECONDS = 60; // however long that is

  static Verdict of(Outcome outcome, Job job, Schedule schedule, boolean stopped) {
    Failure.Facts failure = outcome.failure();
    if (failure != null && failure.code().equals(Gone.CODE)) return end(State.DEAD);
    if (outcome.isFinal()) return end(outcome.status() < 400 ? State.SUCCEEDED : State.FAILED);
    if (stopped) return end(State.CANCELLED);
    // an error of our own may be gone the next time; what says that it is final is believed
    boolean again = failure == null || failure.retryable() || failure.status() == 500;
    if (!again) return end(State.FAILED);
    Duration asked = asked(outcome);
    if (failure != null && isAway(failure)) {
      Duration pause = schedule.jittered(longer(asked, look(job)));
      boolean patient = job.created().plus(schedule.patience()).isAfter(Instant.now());
      return patient ? new Verdict(State.WAITING, pause, false) : end(State.DEAD);
    }
    Duration pause = schedule.after(job.attempts() + 1);
    return pause == null ? end(State.DEAD) : new Verdict(State.WAITING, longer(pause, asked), true);
  }

  private static Verdict end(State state) {
    return new Verdict(state, Duration.ZERO, true);
  }

  private static boolean isAway(Failure.Facts failure) {
    return NOT_ASKED.contains(failure.code()) || failure.details().containsKey("outOfReach");
  }

  /** Until it is looked again whether somebody is back. */
  private static Duration look(Job job) {
    long seconds = LEAST_SECONDS << Math.min(10, Math.max(0, job.runs() - 1));
    return Duration.ofSeconds(Math.min(MOST_SECONDS, seconds));
  }

  /** What the other side asks to wait. */
  private static Duration asked(Outcome outcome) {
    if (outcome.failure() != null) {
      Long after = outcome.failure().after();
      return after == null ? Duration.ZERO : Duration.ofSeconds(after);
    }
    String after = outcome.reply().headers().get("retry-after");
    boolean seconds = after != null && after.matches("\\d{1,6}");
    return seconds ? Duration.ofSeconds(Long.parseLong(after)) : Duration.ZERO;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }
}
