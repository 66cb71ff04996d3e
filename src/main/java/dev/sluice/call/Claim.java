package dev.sluice.call;

/**
 * The right of one run of a call, and no other, to have its effect and to say how it ended.
 *
 * @param of what it is a run of
 * @param id which of those
 * @param owner the run; another that takes over goes by another
 */
public record Claim(Of of, String id, String owner) {

  /** What may be run more than once and have one effect. */
  public enum Of {
    /** A call that goes by a key of its caller's. */
    KEY,
    /** A call that was put off. */
    JOB
  }
}
