package dev.sluice.websocket;

/** Why a socket is closed (RFC 6455 §7.4; the IANA registry of close codes). */
public final class CloseCode {
  public static final int NORMAL = 1000;
  public static final int GOING_AWAY = 1001;
  public static final int PROTOCOL_ERROR = 1002;
  public static final int UNSUPPORTED_DATA = 1003;

  /** Stands for a close that says nothing; never sent. */
  public static final int NO_STATUS = 1005;

  /** Stands for a connection that was lost; never sent. */
  public static final int ABNORMAL = 1006;

  public static final int INVALID_PAYLOAD = 1007;
  public static final int POLICY_VIOLATION = 1008;
  public static final int TOO_BIG = 1009;
  public static final int INTERNAL_ERROR = 1011;
  public static final int TRY_AGAIN_LATER = 1013;

  private static final int LAST_OF_STANDARD = 1014;

  private CloseCode() {}

  /** Whether a peer may send it (§7.4.2). */
  static boolean isValid(int code) {
    if (code >= 3000 && code < 5000) return true;
    boolean standard = code >= NORMAL && code <= LAST_OF_STANDARD;
    return standard && code != 1004 && code != NO_STATUS && code != ABNORMAL;
  }
}
