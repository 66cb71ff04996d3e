package dev.sluice.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/**
 * Seals what is kept and must not be read by who merely has the database, and derives what is to be
 * found again without being kept. The {@link Keyset} is the one thing to keep safe and to copy to
 * other nodes: what was sealed with it cannot be read without it. Thread-safe.
 */
public final class Secrets {
  private static final int MAC_BYTES = 32;

  private volatile Keyset keys;

  private Secrets(Keyset keys) {
    this.keys = keys;
  }

  /**
   * By the keyset in a file, which is made at the first start; blocks. Throws {@link
   * StoreException} where the file is damaged, or others than its owner can read it.
   */
  public static Secrets open(Path file) {
    return new Secrets(new KeysetFile(file).readOrMake());
  }

  /** By this keyset. Throws {@link IllegalArgumentException}, which does not quote it. */
  public static Secrets of(String keysetJson) {
    return new Secrets(Keyset.parse(keysetJson));
  }

  /** Those in use. */
  public Keyset keys() {
    return keys;
  }

  /**
   * Seals and opens by another keyset from now on. Throws {@link StoreException} where it would not
   * open what is sealed at the moment.
   */
  synchronized void use(Keyset next) {
    try {
      if (!next.follows(keys)) {
        throw new StoreException(
            "The keyset stays as it was: the new one has not all keys that are in use. Restore it"
                + " from a copy, and change it by \"sluice keyset\".",
            null);
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    keys = next;
  }

  /**
   * Seals a secret (AES-256-GCM).
   *
   * @param boundTo whose and what it is; only with the same words it can be opened, so that who
   *     writes to the database cannot pass one user's secret off as another's
   */
  public byte[] seal(byte[] secret, String boundTo) {
    try {
      return keys.aead.encrypt(secret, utf8(boundTo));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The secret again. Throws {@link NotSealedHere}. */
  public byte[] open(byte[] sealed, String boundTo) {
    try {
      return keys.aead.decrypt(sealed, utf8(boundTo));
    } catch (GeneralSecurityException e) {
      throw new NotSealedHere();
    }
  }

  /**
   * 32 bytes (HMAC-SHA256) that nobody can tell without the keyset, the same at every call and
   * after every rotation.
   *
   * @param purpose one purpose's never equal another's
   */
  public byte[] mac(String purpose, byte[] data) {
    byte[] name = utf8(purpose);
    ByteBuffer input = ByteBuffer.allocate(Integer.BYTES + name.length + data.length);
    input.putInt(name.length).put(name).put(data);
    try {
      return keys.prf.computePrimary(input.array(), MAC_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
