package dev.sluice.http.tls;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.impl.KeyStoreHelper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * Who the server is: the content of its PEM files, of which the key is the certificate's.
 *
 * @param clientCa empty where clients are not asked for certificates
 * @param until when the certificate expires
 */
record Identity(Buffer certificate, Buffer key, Buffer clientCa, Instant from, Instant until) {
  private static final byte[] PROOF = new byte[32];

  /** Blocks. Throws IllegalArgumentException with a message that begins with the setting's name. */
  static Identity read(String certificate, String key, String clientCa) {
    Buffer certificateBytes = content("certificate", certificate);
    X509Certificate leaf = certificates("certificate", certificate, certificateBytes);
    Buffer keyBytes = content("key", key);
    prove(leaf, privateKey(key, keyBytes, certificateBytes), key);
    Buffer authorities = clientCa.isEmpty() ? Buffer.buffer() : content("clientCa", clientCa);
    if (!clientCa.isEmpty()) certificates("clientCa", clientCa, authorities);
    Instant from = leaf.getNotBefore().toInstant();
    return new Identity(
        certificateBytes, keyBytes, authorities, from, leaf.getNotAfter().toInstant());
  }

  /** Where clients will not believe it, though it is whole. */
  List<String> warnings() {
    Instant now = Instant.now();
    if (now.isAfter(until)) {
      return List.of("server.tls.certificate has expired on " + until + "; renew it");
    }
    if (now.isBefore(from)) {
      return List.of("server.tls.certificate is not valid before " + from + "; look at the clock");
    }
    return List.of();
  }

  private static Buffer content(String setting, String file) {
    try {
      return Buffer.buffer(Files.readAllBytes(Path.of(file)));
    } catch (IOException | InvalidPathException e) {
      throw refused(setting, file, "cannot be read; name a PEM file that this user may read");
    }
  }

  /** The first of the certificates. */
  private static X509Certificate certificates(String setting, String file, Buffer pem) {
    try (ByteArrayInputStream in = new ByteArrayInputStream(pem.getBytes())) {
      var found = CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (!found.isEmpty()) return (X509Certificate) found.iterator().next();
    } catch (CertificateException | IOException e) {
      // told below
    }
    throw refused(
        setting, file, "has no certificate in PEM, which begins -----BEGIN CERTIFICATE-----");
  }

  private static PrivateKey privateKey(String file, Buffer pem, Buffer chain) {
    if (pem.toString().contains("ENCRYPTED")) {
      throw refused("key", file, "is encrypted; take its passphrase off with openssl pkey");
    }
    try {
      var store = KeyStoreHelper.loadKeyCert(List.of(pem), List.of(chain));
      String alias = store.aliases().nextElement();
      char[] password = KeyStoreHelper.DUMMY_PASSWORD.toCharArray();
      return (PrivateKey) store.getKey(alias, password);
    } catch (Exception e) { // whatever its bytes make of the parser
      String why = String.valueOf(e.getMessage());
      if (why.contains("chain is not valid")) throw noChain();
      boolean another = why.contains("does not match");
      throw another ? misfit(file) : refused("key", file, "has no RSA or EC private key in PEM");
    }
  }

  private static void prove(Certificate leaf, PrivateKey key, String file) {
    String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
    boolean fits;
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(PROOF);
      byte[] signed = signature.sign();
      signature.initVerify(leaf.getPublicKey());
      signature.update(PROOF);
      fits = signature.verify(signed);
    } catch (GeneralSecurityException e) {
      fits = false;
    }
    if (!fits) throw misfit(file);
  }

  private static IllegalArgumentException noChain() {
    return new IllegalArgumentException(
        "certificate: its certificates are no chain: after the server's own, each must be the one"
            + " that signed the one before");
  }

  private static IllegalArgumentException misfit(String file) {
    return refused(
        "key", file, "is not the key of the first certificate in server.tls.certificate");
  }

  private static IllegalArgumentException refused(String setting, String file, String why) {
    return new IllegalArgumentException(setting + ": " + file + " " + why);
  }
}
