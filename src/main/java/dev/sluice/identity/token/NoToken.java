package dev.sluice.identity.token;

/**
 * Why something is no token of ours to believe; for its sender, so without a word of its content.
 */
public final class NoToken extends RuntimeException {
  private static final long serialVersionUID = 1;

  public NoToken(String reason) {
    super(reason, null, false, false);
  }
}
