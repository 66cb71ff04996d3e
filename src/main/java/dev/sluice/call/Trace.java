package dev.sluice.call;

/**
 * What a request is known by.
 *
 * @param requestId the X-Request-Id
 * @param traceparent W3C Trace Context, {@code 00-<trace id>-<span id>-<flags>}
 */
public record Trace(String requestId, String traceparent) {

  public static Trace begin() {
    return begin(Ids.next());
  }

  public static Trace begin(String requestId) {
    return new Trace(requestId, "00-" + Ids.hex(32) + "-" + Ids.hex(16) + "-00");
  }

  /** The trace a valid traceparent header continues, under a span id of our own; else a new one. */
  public static Trace continued(String requestId, String traceparent) {
    return isValid(traceparent)
        ? new Trace(
            requestId, traceparent.substring(0, 36) + Ids.hex(16) + traceparent.substring(52))
        : begin(requestId);
  }

  /** W3C Trace Context §3.2: version 00, lower-case hex, neither id all zero. */
  private static boolean isValid(String header) {
    return header != null
        && header.length() == 55
        && header.startsWith("00-")
        && header.charAt(35) == '-'
        && header.charAt(52) == '-'
        && isId(header, 3, 35)
        && isId(header, 36, 52)
        && isHex(header, 53, 55);
  }

  private static boolean isId(String text, int from, int to) {
    boolean zero = true;
    for (int i = from; i < to; i++) zero &= text.charAt(i) == '0';
    return !zero && isHex(text, from, to);
  }

  private static boolean isHex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) return false;
    }
    return true;
  }
}
