package dev.sluice.job;

import java.util.Locale;

/** Where a job stands. */
public enum State {
  WAITING,
  RUNNING,
  SUCCEEDED,
  /** It was refused, and would be again. */
  FAILED,
  /** It has been given up: a dead letter. */
  DEAD,
  CANCELLED;

  public boolean isEnd() {
    return this != WAITING && this != RUNNING;
  }

  /** As it is kept and shown. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static State of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
