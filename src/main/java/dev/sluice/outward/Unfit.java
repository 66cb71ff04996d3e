package dev.sluice.outward;

/** A URL that nothing is sent to; the message says why, as what follows "the URL". */
public final class Unfit extends RuntimeException {
  private static final long serialVersionUID = 1;

  Unfit(String message) {
    super(message, null, false, false);
  }
}
