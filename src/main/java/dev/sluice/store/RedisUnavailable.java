package dev.sluice.store;

/**
 * Redis does not answer, or not in time. Expected now and then, so it has no stack trace: go on
 * without.
 */
public final class RedisUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RedisUnavailable(String message) {
    super(message, null, false, false);
  }
}
