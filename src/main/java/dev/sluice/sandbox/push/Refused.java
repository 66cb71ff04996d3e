package dev.sluice.sandbox.push;

/** A request that a push service does not take; with the status it says so with. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;

  final int status;

  Refused(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  static void unless(boolean right, int status, String otherwise) {
    if (!right) throw new Refused(status, otherwise);
  }
}
