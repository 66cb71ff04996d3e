package dev.sluice.guard.limit;

import io.vertx.core.Future;

/** What all nodes count together. Any thread may ask. */
interface Shared {
  /** Nothing: a node on its own. */
  Shared NONE =
      new Shared() {
        @Override
        public boolean isAvailable() {
          return false;
        }

        @Override
        public int nodes() {
          return 1;
        }

        @Override
        public Future<Lease> ask(String key, Quota quota, Wanted wanted) {
          return Future.failedFuture("there is nobody to ask");
        }

        @Override
        public Future<Void> waited(Future<Lease> answer) {
          return Future.succeededFuture();
        }
      };

  /**
   * What is asked for.
   *
   * @param now how many are waiting for an answer
   * @param soon how many more are likely to be needed, as far as there is plenty
   * @param since how many were admitted without asking and are still to be counted
   */
  record Wanted(int now, int soon, int since) {}

  /**
   * What may be admitted without asking again.
   *
   * @param granted how many, now and no later than {@code millis} after it was asked for
   * @param left how many there are beside, for any node
   * @param waitMillis until there may be more, where none were granted
   */
  record Lease(int granted, int left, long waitMillis, long millis) {}

  /** Whether asking makes sense, by what is known now. */
  boolean isAvailable();

  /** How many nodes count together, as far as is known; one at least. */
  int nodes();

  /** Counts; what is granted counts however late it is told. */
  Future<Lease> ask(String key, Quota quota, Wanted wanted);

  /** Done when an answer is there, or is not to be waited for any longer. */
  Future<Void> waited(Future<Lease> answer);
}
