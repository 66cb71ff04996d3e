package dev.sluice.identity.token;

import io.vertx.core.Future;

/** Where an issuer's public keys are found. */
interface KeySource {

  /** The key that a token names. Fails with {@link NoToken}, or 503 where none can be had. */
  Future<Key> find(Jws token);
}
