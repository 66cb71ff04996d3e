package dev.sluice.websocket;

/** A server has agreed to a socket, but not as RFC 6455 §4.1 says: it is none. */
public final class BadHandshake extends Exception {
  private static final long serialVersionUID = 1;

  BadHandshake(String message) {
    super(message, null, false, false);
  }
}
