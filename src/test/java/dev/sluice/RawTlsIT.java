package dev.sluice;

/** The same over TLS: the framing check must see what has been decrypted. */
class RawTlsIT extends RawHttpIT {
  @Override
  boolean tls() {
    return true;
  }
}
