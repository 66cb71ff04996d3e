package dev.sluice.store;

/**
 * A store that cannot be used. The message is for a person: what happened and what to do; it never
 * has a password.
 */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
