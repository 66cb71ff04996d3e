package dev.sluice.sandbox.mail;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelfSignedTest {

  @Test
  void itSaysWhoItIsAndForHowLong() throws Exception {
    Instant now = Instant.parse("2026-02-03T04:05:06Z");
    X509Certificate certificate =
        SelfSigned.make(Clock.fixed(now, ZoneOffset.ofHours(5))).certificate();
    certificate.verify(certificate.getPublicKey());
    assertEquals(3, certificate.getVersion());
    assertEquals("CN=localhost", certificate.getSubjectX500Principal().getName());
    assertEquals("CN=localhost", certificate.getIssuerX500Principal().getName());
    assertEquals(Instant.parse("2026-02-02T04:05:06Z"), certificate.getNotBefore().toInstant());
    assertEquals(Instant.parse("2036-02-03T04:05:06Z"), certificate.getNotAfter().toInstant());
    assertEquals(
        List.of(List.of(2, "localhost"), List.of(7, "127.0.0.1")),
        List.copyOf(certificate.getSubjectAlternativeNames()));
  }

  @ParameterizedTest
  @CsvSource({"localhost,TLSv1.3", "127.0.0.1,TLSv1.3", "localhost,TLSv1.2"})
  void aClientThatTrustsItShakesHands(String name, String version) throws Exception {
    SelfSigned own = SelfSigned.make(Clock.systemUTC());
    assertArrayEquals(new byte[] {7}, greet(own, own, name, version));
  }

  @Test
  void oneThatDoesNotDoesNot() throws Exception {
    SelfSigned own = SelfSigned.make(Clock.systemUTC());
    SelfSigned other = SelfSigned.make(Clock.systemUTC());
    assertThrows(SSLException.class, () -> greet(own, other, "localhost", "TLSv1.3"));
    assertThrows(SSLException.class, () -> greet(own, own, "example.com", "TLSv1.3"));
  }

  /** What a client reads from a server that has {@code own}, if it trusts {@code trusted}. */
  private static byte[] greet(SelfSigned own, SelfSigned trusted, String name, String version)
      throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (SSLServerSocket server =
        (SSLServerSocket)
            own.context().getServerSocketFactory().createServerSocket(0, 1, loopback)) {
      CompletableFuture.runAsync(() -> serve(server));
      try (java.net.Socket plain = new java.net.Socket(loopback, server.getLocalPort());
          SSLSocket client =
              (SSLSocket)
                  trusting(trusted)
                      .getSocketFactory()
                      .createSocket(plain, name, server.getLocalPort(), true)) {
        client.setSoTimeout(10_000);
        SSLParameters checks = client.getSSLParameters();
        checks.setEndpointIdentificationAlgorithm("HTTPS");
        checks.setProtocols(new String[] {version});
        client.setSSLParameters(checks);
        client.startHandshake();
        return client.getInputStream().readAllBytes();
      }
    }
  }

  private static void serve(SSLServerSocket server) {
    try (SSLSocket client = (SSLSocket) server.accept()) {
      client.getOutputStream().write(7);
    } catch (java.io.IOException e) {
      // the client has its own opinion, which is what is tested
    }
  }

  private static SSLContext trusting(SelfSigned trusted) throws Exception {
    KeyStore anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    anchors.setCertificateEntry("server", trusted.certificate());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(anchors);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
