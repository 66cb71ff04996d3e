package dev.sluice.store.embedded;

/**
 * Where an embedded server listens: always on 127.0.0.1.
 *
 * @param port TCP port
 * @param password random, made for this data directory
 */
public record Endpoint(int port, String password) {
  /** Keeps the password out of logs. */
  @Override
  public String toString() {
    return "127.0.0.1:" + port;
  }
}
