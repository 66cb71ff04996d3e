package dev.sluice.framing;

/** Bytes that are no request, or could be read as two different ones. */
public final class BadFraming extends Exception {
  private static final long serialVersionUID = 1;
  private final int status;

  BadFraming(int status, String reason) {
    super(reason, null, false, false);
    this.status = status;
  }

  BadFraming(String reason) {
    this(400, reason);
  }

  /** Whether nothing is wrong but its size. */
  public boolean isTooLarge() {
    return status == 431;
  }

  /** The HTTP status it is refused with. */
  public int status() {
    return status;
  }
}
