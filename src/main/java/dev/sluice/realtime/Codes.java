package dev.sluice.realtime;

/** Why sessions end, beside what RFC 6455 has (4000 to 4999 are for applications). */
public final class Codes {
  /** The token has run out or was revoked: as HTTP's 401. */
  public static final int UNAUTHORIZED = 4401;

  /** Nothing was heard for too long: as HTTP's 408. */
  public static final int SILENT = 4408;

  /** It reads more slowly than it is sent to: what it has missed is lost. */
  public static final int TOO_SLOW = 4413;

  /** It sends more than it may, and goes on: as HTTP's 429. */
  public static final int TOO_MANY = 4429;

  private Codes() {}
}
