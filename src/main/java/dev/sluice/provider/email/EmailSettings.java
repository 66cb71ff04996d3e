package dev.sluice.provider.email;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;

/**
 * The {@code providers.smtp} section.
 *
 * @param host of the mail server; empty where mail is not set up
 * @param port 587 for submission (RFC 6409), 465 with TLS from the first byte (RFC 8314)
 * @param security how the connection is encrypted
 * @param verify whether the server's certificate and name are checked
 * @param ca a PEM file: the authorities that are believed instead of the Java runtime's own
 * @param username empty where the server asks for none
 * @param password the user's
 * @param from who mails are from, with or without a name
 * @param permits mails under way at once, each on a connection of its own
 * @param timeout of one attempt
 */
public record EmailSettings(
    String host,
    int port,
    Security security,
    boolean verify,
    String ca,
    String username,
    String password,
    String from,
    int permits,
    Duration timeout) {

  /** How a connection is encrypted. */
  public enum Security {
    /** By STARTTLS (RFC 3207), without which nothing is sent. */
    STARTTLS,
    /** From the first byte on. */
    TLS,
    /** Not at all. */
    NONE
  }

  public EmailSettings {
    require(port > 0 && port < 65536, "port must be from 1 to 65535");
    require(permits > 0 && permits <= 100, "permits must be from 1 to 100");
    require(
        timeout.toMillis() > 0 && timeout.toMinutes() < 5,
        "timeout must be above 0 and below 5 minutes");
    require(
        security != Security.NONE || host.isEmpty() || isOwn(host),
        "security none is for a host on this machine alone, such as localhost; use starttls or tls");
    require(username.isEmpty() == password.isEmpty(), "username and password belong together");
    require(verify || ca.isEmpty(), "ca is of no use with verify: false; drop one of them");
    if (!ca.isEmpty()) checkAuthorities(ca);
    try {
      if (!from.isEmpty()) Sender.parse(from);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("from: " + e.getMessage(), e);
    }
  }

  /** The setting without which nothing can be sent; or null. */
  public String missingSetting() {
    if (host.isEmpty()) return "providers.smtp.host";
    return from.isEmpty() ? "providers.smtp.from" : null;
  }

  /** Who mails are from, where that is set. */
  Sender sender() {
    return Sender.parse(from);
  }

  private static boolean isOwn(String host) {
    return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.[0-9]{1,3}){3}");
  }

  private static void checkAuthorities(String ca) {
    try {
      byte[] pem = Files.readAllBytes(Path.of(ca));
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      if (!factory.generateCertificates(new ByteArrayInputStream(pem)).isEmpty()) return;
    } catch (IOException | InvalidPathException e) {
      throw new IllegalArgumentException("ca: " + ca + " cannot be read", e);
    } catch (CertificateException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "ca: " + ca + " has no certificate; it must be PEM (BEGIN CERTIFICATE)");
  }

  private static void require(boolean met, String reason) {
    if (!met) throw new IllegalArgumentException(reason);
  }

  /** Keeps the password out of logs. */
  @Override
  public String toString() {
    return "EmailSettings[%s:%d, %s, from %s]".formatted(host, port, security, from);
  }
}
