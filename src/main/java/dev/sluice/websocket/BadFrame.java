package dev.sluice.websocket;

/** What a peer has sent is not what RFC 6455 allows, or more than is taken; the socket is over. */
final class BadFrame extends Exception {
  private static final long serialVersionUID = 1;

  private final int code;

  private BadFrame(int code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  static BadFrame protocol(String message) {
    return new BadFrame(CloseCode.PROTOCOL_ERROR, message);
  }

  static BadFrame payload(String message) {
    return new BadFrame(CloseCode.INVALID_PAYLOAD, message);
  }

  static BadFrame tooBig(String message) {
    return new BadFrame(CloseCode.TOO_BIG, message);
  }

  /** The {@link CloseCode} that it is answered with. */
  int code() {
    return code;
  }
}
