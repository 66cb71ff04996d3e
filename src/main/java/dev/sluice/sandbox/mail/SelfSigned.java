package dev.sluice.sandbox.mail;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate for localhost that has signed itself (RFC 5280), written in DER by hand: the Java
 * runtime has no way to make one, and its keytool is not everywhere.
 */
record SelfSigned(PrivateKey key, X509Certificate certificate) {

  private static final int SEQUENCE = 0x30;
  private static final byte[] ECDSA_WITH_SHA256 = hex("300a06082a8648ce3d040302");
  private static final byte[] COMMON_NAME = hex("0603550403");
  private static final byte[] ALTERNATIVE_NAMES = hex("0603551d11");
  private static final byte[] VERSION_3 = hex("a003020102");
  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final DateTimeFormatter UTC_TIME = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'");

  /** Makes one, good from yesterday and for ten years. */
  static SelfSigned make(Clock clock) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    byte[] content = content(pair, clock);
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(pair.getPrivate());
    signature.update(content);
    byte[] der = sequence(content, ECDSA_WITH_SHA256, bits(signature.sign()));
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der));
    return new SelfSigned(pair.getPrivate(), certificate);
  }

  /** What a server needs that shows it. */
  SSLContext context() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    char[] password = {};
    store.setKeyEntry("sandbox", key, password, new X509Certificate[] {certificate});
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  /** TBSCertificate, RFC 5280 §4.1. */
  private static byte[] content(KeyPair pair, Clock clock) {
    ZonedDateTime now = ZonedDateTime.now(clock).withZoneSameInstant(ZoneOffset.UTC);
    byte[] validity = sequence(time(now.minusDays(1)), time(now.plusYears(10)));
    byte[] name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, ascii("localhost")))));
    byte[] names = sequence(der(0x82, ascii("localhost")), der(0x87, LOOPBACK));
    byte[] extensions = der(0xa3, sequence(sequence(ALTERNATIVE_NAMES, der(0x04, names))));
    byte[] serial = der(0x02, BigInteger.valueOf(now.toEpochSecond()).toByteArray());
    byte[] publicKey = pair.getPublic().getEncoded(); // a SubjectPublicKeyInfo already
    return sequence(
        VERSION_3, serial, ECDSA_WITH_SHA256, name, validity, name, publicKey, extensions);
  }

  /** UTCTime, which is for years before 2050 (RFC 5280 §4.1.2.5). */
  private static byte[] time(ZonedDateTime moment) {
    return der(0x17, ascii(UTC_TIME.format(moment)));
  }

  private static byte[] bits(byte[] whole) {
    return der(0x03, new byte[] {0}, whole);
  }

  private static byte[] sequence(byte[]... parts) {
    return der(SEQUENCE, parts);
  }

  /** Tag, length, content; a length from 128 on is led by how many bytes it has. */
  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(tag);
    int length = content.size();
    if (length > 0xff) {
      whole.write(0x82);
      whole.write(length >> 8);
    } else if (length > 0x7f) {
      whole.write(0x81);
    }
    whole.write(length);
    whole.writeBytes(content.toByteArray());
    return whole.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }
}
