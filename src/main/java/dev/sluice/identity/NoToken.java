package dev.sluice.identity;

/**
 * Why something is no token of ours to believe; for its sender, so without a word of its content.
 */
public final class NoToken extends RuntimeException {
  private static final long serialVersionUID = 1;

  NoToken(String reason) {
    super(reason, null, false, false);
  }
}
