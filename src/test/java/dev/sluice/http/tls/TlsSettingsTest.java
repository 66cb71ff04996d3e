package dev.sluice.http.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.TestCertificate;
import dev.sluice.http.tls.TlsSettings.ClientCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsSettingsTest {
  @TempDir static Path made;
  private static TestCertificate ec;
  private static TestCertificate otherEc;
  private static TestCertificate rsa;

  @TempDir Path dir;
  private Path certificate;
  private Path key;

  @BeforeAll
  static void make() {
    ec = TestCertificate.make(made, "ec");
    otherEc = TestCertificate.make(made, "other");
    rsa = TestCertificate.make(made, "rsa", "-keyalg", "RSA", "-keysize", "2048");
  }

  @BeforeEach
  void files() {
    certificate = dir.resolve("cert.pem");
    key = dir.resolve("key.pem");
    ec.writeTo(certificate, key);
  }

  @Test
  void aPairIsTaken() {
    assertEquals(List.of(), settings().warnings());
    rsa.writeTo(certificate, key);
    assertEquals(List.of(), settings().warnings());
  }

  @Test
  void certificatesThatDidNotSignEachOtherAreNoChain() throws IOException {
    Files.writeString(certificate, ec.certificate() + rsa.certificate());
    assertRefused("certificate: its certificates are no chain");
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws IOException {
    Files.writeString(key, otherEc.key());
    assertRefused("key: " + key + " is not the key of the first certificate");
    Files.writeString(key, rsa.key());
    assertRefused("key: " + key + " is not the key of the first certificate");
  }

  @Test
  void whatIsNoPemIsRefused() throws IOException {
    Files.writeString(key, "-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----\n");
    assertRefused("key: " + key + " has no RSA or EC private key in PEM");
    Files.writeString(key, "-----BEGIN ENCRYPTED PRIVATE KEY-----\n");
    assertRefused("is encrypted; take its passphrase off");
    Files.delete(key);
    assertRefused("key: " + key + " cannot be read");
    Files.writeString(certificate, "nothing");
    assertRefused("certificate: " + certificate + " has no certificate in PEM");
  }

  @Test
  void anExpiredCertificateIsTakenWithAWarning() {
    String[] old = {"-keyalg", "EC", "-startdate", "-9d", "-validity", "2"};
    TestCertificate.make(dir, "old", old).writeTo(certificate, key);
    List<String> warnings = settings().warnings();
    assertEquals(1, warnings.size());
    assertTrue(warnings.get(0).startsWith("server.tls.certificate has expired on 20"));
  }

  private TlsSettings settings() {
    return new TlsSettings(0, certificate.toString(), key.toString(), ClientCertificates.NONE, "");
  }

  private void assertRefused(String why) {
    String message = assertThrows(IllegalArgumentException.class, this::settings).getMessage();
    assertTrue(message.contains(why), message);
  }
}
