package dev.sluice.upstream.connection;

import java.io.IOException;

/** The peer says that it has not begun with a request: it may be sent again (RFC 9113 §8.7). */
public final class Unprocessed extends IOException {
  private static final long serialVersionUID = 1;

  Unprocessed(Throwable cause) {
    super(cause.getMessage(), cause);
  }
}
