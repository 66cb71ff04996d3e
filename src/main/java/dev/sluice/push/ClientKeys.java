package dev.sluice.push;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;

/**
 * What a browser's messages are encrypted with (RFC 8291 §2.1, §3.2).
 *
 * @param p256dh its public key, an uncompressed point of P-256
 * @param auth its secret
 */
record ClientKeys(byte[] p256dh, byte[] auth) {
  private static final int POINT_BYTES = 65;
  private static final int AUTH_BYTES = 16;
  private static final int LONGEST = 200;

  // The curve is y² = x³ - 3x + b modulo p (SEC 2 §2.4.2, NIST SP 800-186 §3.2.1.3)
  private static final BigInteger P =
      new BigInteger("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16);
  private static final BigInteger B =
      new BigInteger("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b", 16);
  private static final BigInteger THREE = BigInteger.valueOf(3);

  /** Throws {@link IllegalArgumentException}, which begins with the name of what is wrong. */
  static ClientKeys of(String p256dh, String auth) {
    byte[] secret = bytes("auth", auth);
    if (secret.length != AUTH_BYTES) throw wrong("auth", "is not 16 bytes in base64url");
    return new ClientKeys(point("p256dh", p256dh), secret);
  }

  /**
   * The bytes of a point that is on the curve: with any other, what is agreed on with a key of ours
   * would tell something of that key.
   */
  static byte[] point(String name, String text) {
    byte[] bytes = bytes(name, text);
    if (bytes.length != POINT_BYTES || bytes[0] != 4) {
      throw wrong(
          name, "is not an uncompressed point of P-256: 65 bytes in base64url, the first 4");
    }
    BigInteger x = new BigInteger(1, Arrays.copyOfRange(bytes, 1, 33));
    BigInteger y = new BigInteger(1, Arrays.copyOfRange(bytes, 33, 65));
    BigInteger right = x.pow(3).subtract(THREE.multiply(x)).add(B).mod(P);
    boolean inField = x.compareTo(P) < 0 && y.compareTo(P) < 0;
    if (!inField || !y.pow(2).mod(P).equals(right)) throw wrong(name, "is no point on P-256");
    return bytes;
  }

  /** Of base64url, or of base64, which some pages make of a browser's bytes. */
  static byte[] bytes(String name, String text) {
    if (text.length() > LONGEST) throw wrong(name, "is too long");
    try {
      String plain = text.replace('+', '-').replace('/', '_').replaceFirst("={1,2}$", "");
      return Base64.getUrlDecoder().decode(plain);
    } catch (IllegalArgumentException e) {
      throw wrong(name, "is not base64url");
    }
  }

  private static IllegalArgumentException wrong(String name, String what) {
    return new IllegalArgumentException(name + " " + what);
  }

  @Override
  public String toString() {
    return "ClientKeys";
  }
}
