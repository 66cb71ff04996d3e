package dev.sluice.upstream;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads PEM files to find out whether they will do; says of which setting and file they will not.
 */
public final class Pem {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");
  private static final Map<String, String> SIGNATURES =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "Ed25519", "Ed25519");

  private Pem() {}

  /** When the files of these settings were last changed. */
  record Stamp(List<Long> modified) {
    static Stamp of(TlsSettings tls) {
      if (tls == null) return new Stamp(List.of());
      return new Stamp(
          Stream.of(tls.ca(), tls.certificate(), tls.key())
              .filter(Objects::nonNull)
              .map(file -> file.toFile().lastModified())
              .toList());
    }
  }

  /** Those in a file. Throws {@link IllegalArgumentException}, which names the setting. */
  public static List<X509Certificate> certificates(String setting, Path file) {
    try {
      List<X509Certificate> found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(read(setting, file)))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (!found.isEmpty()) return found;
    } catch (CertificateException e) {
      // said below
    }
    throw new IllegalArgumentException(
        setting + ": " + file + " has no certificate; it must be PEM (BEGIN CERTIFICATE)");
  }

  static PrivateKey key(String setting, Path file) {
    Matcher key = KEY.matcher(new String(read(setting, file), StandardCharsets.ISO_8859_1));
    if (key.find()) {
      for (String algorithm : SIGNATURES.keySet()) {
        try {
          byte[] bytes = Base64.getMimeDecoder().decode(key.group(1));
          return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
          continue; // of another algorithm, perhaps
        }
      }
    }
    throw new IllegalArgumentException(
        setting
            + ": "
            + file
            + " has no key that can be read; make it one with: openssl pkcs8 -topk8 -nocrypt");
  }

  /** Whether what the key signs is the certificate's. */
  static boolean belongTogether(X509Certificate certificate, PrivateKey key) {
    try {
      Signature signature = Signature.getInstance(SIGNATURES.get(key.getAlgorithm()));
      signature.initSign(key);
      signature.update((byte) 1);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update((byte) 1);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static byte[] read(String setting, Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(setting + ": there is no file " + file.toAbsolutePath());
    } catch (IOException e) {
      throw new IllegalArgumentException(
          setting + ": " + file.toAbsolutePath() + " cannot be read; check its rights", e);
    }
  }
}
