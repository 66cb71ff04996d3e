package dev.sluice.sandbox;

/** A request to {@code /control} that cannot be obeyed; the message says what can. */
public final class BadControl extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Answers 400 with the message. */
  public BadControl(String message) {
    super(message, null, false, false);
  }
}
