package dev.sluice.http.tls;

import java.util.List;

/**
 * The {@code server.tls} section.
 *
 * @param port a second one to listen on; 0 takes any free one
 * @param certificate a PEM file with the certificate and those that lead to its root; empty: no TLS
 * @param key a PEM file with its private key
 * @param clientCertificates whether clients are asked for theirs
 * @param clientCa a PEM file with the authorities whose client certificates are taken
 */
public record TlsSettings(
    int port,
    String certificate,
    String key,
    ClientCertificates clientCertificates,
    String clientCa) {

  /** Whether clients are asked for a certificate. */
  public enum ClientCertificates {
    NONE,
    /** One may be shown; a bad one ends the handshake. */
    REQUEST,

    /** There is no handshake without one. */
    REQUIRED
  }

  public TlsSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be from 0 to 65535");
    }
    if (certificate.isEmpty() != key.isEmpty()) {
      String missing = key.isEmpty() ? "key" : "certificate";
      throw new IllegalArgumentException(
          missing + " must name a PEM file too: a certificate and its key go together");
    }
    if ((clientCertificates == ClientCertificates.NONE) != clientCa.isEmpty()) {
      throw new IllegalArgumentException(
          clientCa.isEmpty()
              ? "clientCa must name a PEM file with the authorities of client certificates"
              : "clientCa is of use only with clientCertificates: request, or required");
    }
    if (!certificate.isEmpty()) Identity.read(certificate, key, clientCa);
  }

  /** Whether there is TLS at all. */
  public boolean isOn() {
    return !certificate.isEmpty();
  }

  /** What is no mistake yet, and will be one: each names the setting and the remedy. */
  public List<String> warnings() {
    return isOn() ? identity().warnings() : List.of();
  }

  /** Reads the files; blocks. */
  Identity identity() {
    return Identity.read(certificate, key, clientCa);
  }
}
