package dev.sluice.upstream;

/**
 * A request that brought no answer.
 *
 * <p>{@link #isUnsent} says that the target has not begun to process it: it may be sent again,
 * whatever its method, as long as nothing of its body has been passed on (RFC 9110 §9.2.2).
 */
public final class Broken extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Trouble trouble;
  private final transient Target target;
  private final boolean unsent;
  private final boolean stale;

  Broken(Trouble trouble, Target target, String message) {
    this(trouble, target, message, true, false);
  }

  Broken(Trouble trouble, Target target, String message, boolean unsent, boolean stale) {
    super(message, null, false, false);
    this.trouble = trouble;
    this.target = target;
    this.unsent = unsent;
    this.stale = stale;
  }

  public Trouble trouble() {
    return trouble;
  }

  /** The target it was meant for; null where none was chosen. */
  public Target target() {
    return target;
  }

  public boolean isUnsent() {
    return unsent;
  }

  /** A kept connection was closed just then, or took no more requests: nobody's fault. */
  public boolean isStale() {
    return stale;
  }
}
