package dev.sluice.store;

/** Hears of every query that ended; called on the querying thread, so it must return at once. */
@FunctionalInterface
public interface QueryObserver {
  /**
   * A query ended.
   *
   * @param type {@code select}, {@code insert}, {@code update}, {@code delete} or {@code other}
   * @param nanos how long the caller waited, in nanoseconds, for a connection too
   * @param ok whether it succeeded
   */
  void query(String type, long nanos, boolean ok);
}
