package dev.sluice.sandbox.push;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** What a browser does with the body of a push message (RFC 8291 §3, RFC 8188 §2). */
final class Decryption {
  private static final int SALT_BYTES = 16;
  private static final int KEY_BYTES = 65;
  private static final int TAG_BYTES = 16;
  private static final int LEAST_RECORD = 18; // RFC 8188 §2.1
  private static final int LAST = 2; // the delimiter of the last record (RFC 8188 §2)

  private final ECPublicKey own;
  private final ECPrivateKey secret;
  private final byte[] auth;

  Decryption(ECPublicKey own, ECPrivateKey secret, byte[] auth) {
    this.own = own;
    this.secret = secret;
    this.auth = auth;
  }

  /** The text; fails where it is not encrypted for this browser, or not as it should be. */
  byte[] decrypt(byte[] body) throws GeneralSecurityException {
    if (body.length < SALT_BYTES + 5 + KEY_BYTES + TAG_BYTES + 1)
      throw bad("the body is too short");
    ByteBuffer in = ByteBuffer.wrap(body);
    byte[] salt = take(in, SALT_BYTES);
    long record = Integer.toUnsignedLong(in.getInt());
    int idLength = Byte.toUnsignedInt(in.get());
    if (record < LEAST_RECORD) throw bad("the record size is below 18");
    if (idLength != KEY_BYTES) throw bad("keyid is not the sender's public key");
    byte[] sender = take(in, KEY_BYTES);
    byte[] sealed = take(in, in.remaining());
    if (sealed.length > record) throw bad("there is more than one record"); // RFC 8291 §4
    return unpadded(opened(sealed, salt, material(sender)));
  }

  /** IKM (RFC 8291 §3.4). */
  private byte[] material(byte[] sender) throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(secret);
    agreement.doPhase(Curve.open(sender), true);
    byte[] info = joined("WebPush: info\0".getBytes(StandardCharsets.US_ASCII), Curve.bytes(own));
    return derived(auth, agreement.generateSecret(), joined(info, sender), 32);
  }

  private static byte[] opened(byte[] sealed, byte[] salt, byte[] material)
      throws GeneralSecurityException {
    byte[] key = derived(salt, material, label("aes128gcm"), 16);
    byte[] nonce = derived(salt, material, label("nonce"), 12); // of record 0: as it is
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
    return cipher.doFinal(sealed);
  }

  private static byte[] label(String name) {
    return ("Content-Encoding: " + name + '\0').getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] unpadded(byte[] plain) throws GeneralSecurityException {
    int end = plain.length - 1;
    while (end >= 0 && plain[end] == 0) end--;
    if (end < 0 || plain[end] != LAST) throw bad("the record does not end as the last one does");
    return Arrays.copyOf(plain, end);
  }

  /** HKDF with SHA-256 (RFC 5869), for at most 32 bytes. */
  private static byte[] derived(byte[] salt, byte[] material, byte[] info, int length)
      throws GeneralSecurityException {
    byte[] extracted = mac(salt, material);
    return Arrays.copyOf(mac(extracted, joined(info, new byte[] {1})), length);
  }

  private static byte[] mac(byte[] key, byte[] data) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(data);
  }

  private static byte[] take(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static byte[] joined(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static GeneralSecurityException bad(String what) {
    return new GeneralSecurityException(what);
  }
}
