package dev.sluice.push;

import com.interaso.webpush.VapidKeys;
import java.util.Base64;

/**
 * The key pair that push services know this gateway by (RFC 8292 §3.2), on P-256.
 *
 * @param publicKey the uncompressed point, 65 bytes, in base64url
 * @param privateKey the number, 32 bytes, in base64url
 */
record ServerKey(String publicKey, String privateKey) {
  private static final int BYTES = 32;

  /** Throws {@link IllegalArgumentException}, which begins with the name of what is wrong. */
  ServerKey {
    ClientKeys.point("publicKey", publicKey);
    int length = ClientKeys.bytes("privateKey", privateKey).length;
    if (length != BYTES) throw wrong("is not 32 bytes in base64url");
    try {
      VapidKeys.fromUncompressedBytes(publicKey, privateKey); // which tries them on each other
    } catch (RuntimeException e) {
      throw wrong("is not the other half of publicKey");
    }
  }

  /** A new one. */
  static ServerKey make() {
    return of(VapidKeys.generate());
  }

  static ServerKey of(VapidKeys keys) {
    byte[] number = keys.getPrivateKey().getS().toByteArray();
    byte[] fixed = new byte[BYTES]; // neither a sign nor missing zeros
    int length = Math.min(BYTES, number.length);
    System.arraycopy(number, number.length - length, fixed, BYTES - length, length);
    return new ServerKey(text(keys.getApplicationServerKey()), text(fixed));
  }

  VapidKeys pair() {
    return VapidKeys.fromUncompressedBytes(publicKey, privateKey);
  }

  private static IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException("privateKey " + what);
  }

  private static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public String toString() {
    return "ServerKey[" + publicKey + "]";
  }
}
