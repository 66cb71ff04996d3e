package dev.sluice.sandbox.push;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;

/** Keys of P-256, and points as they are written: 4, and two numbers of 32 bytes. */
final class Curve {
  private static final String NAME = "secp256r1";
  private static final int BYTES = 32;

  private Curve() {}

  static KeyPair generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(NAME));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Fails where it is no point; the JDK looks whether it is on the curve when it is used. */
  static ECPublicKey open(byte[] point) throws GeneralSecurityException {
    if (point.length != 1 + 2 * BYTES || point[0] != 4) {
      throw new GeneralSecurityException("not an uncompressed point of P-256");
    }
    ECPoint at =
        new ECPoint(
            new BigInteger(1, Arrays.copyOfRange(point, 1, 1 + BYTES)),
            new BigInteger(1, Arrays.copyOfRange(point, 1 + BYTES, point.length)));
    return (ECPublicKey)
        KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(at, parameters()));
  }

  static ECPrivateKey secret(byte[] number) throws GeneralSecurityException {
    ECPrivateKeySpec spec = new ECPrivateKeySpec(new BigInteger(1, number), parameters());
    return (ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(spec);
  }

  static byte[] bytes(ECPublicKey key) {
    byte[] point = new byte[1 + 2 * BYTES];
    point[0] = 4;
    put(key.getW().getAffineX(), point, 1);
    put(key.getW().getAffineY(), point, 1 + BYTES);
    return point;
  }

  private static void put(BigInteger number, byte[] into, int at) {
    byte[] bytes = number.toByteArray(); // a zero before it, or less than 32 of them
    int length = Math.min(BYTES, bytes.length);
    System.arraycopy(bytes, bytes.length - length, into, at + BYTES - length, length);
  }

  private static ECParameterSpec parameters() throws GeneralSecurityException {
    AlgorithmParameters named = AlgorithmParameters.getInstance("EC");
    named.init(new ECGenParameterSpec(NAME));
    return named.getParameterSpec(ECParameterSpec.class);
  }
}
