package dev.sluice.job;

import dev.sluice.call.Failure;

/** What is to be done is not there any more, but may be again: the job is laid aside at once. */
public final class Gone {
  static final String CODE = "OPERATION_GONE";

  private Gone() {}

  public static Failure operation(String id) {
    return Failure.notFound(CODE, "There is no operation " + id + " any more.")
        .suggest("Mount it again, and have an administrator replay the job.");
  }
}
