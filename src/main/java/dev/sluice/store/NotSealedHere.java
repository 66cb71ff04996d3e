package dev.sluice.store;

/** What was to be opened is damaged, was sealed by another keyset, or for something else. */
public final class NotSealedHere extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotSealedHere() {
    super("This was not sealed with this keyset for this purpose, or it is damaged.", null);
  }
}
