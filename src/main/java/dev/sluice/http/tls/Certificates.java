package dev.sluice.http.tls;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of the TLS port, watched: what stands in its files is used from the next
 * handshake on, and what is no certificate and key is said and left. Connections that are open stay
 * as they are.
 */
public final class Certificates {
  private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);
  private static final long LOOK_MILLIS = 5000;
  private static final int ANY_SHARED = -1; // one free port for all event loops
  private static final Set<String> VERSIONS = Set.of("TLSv1.3", "TLSv1.2");

  /** Those of TLS 1.3, and of 1.2 what HTTP/2 may use (RFC 9113 §9.2.2). */
  private static final List<String> SUITES =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  /** Gives a server other options. */
  public interface Server {
    Future<Boolean> updateSSLOptions(ServerSSLOptions options);
  }

  private final Vertx vertx;
  private final TlsSettings settings;
  private Identity used;
  private Server server;
  private String complaint;
  private Future<Boolean> underway = Future.succeededFuture(false);

  private Certificates(Vertx vertx, TlsSettings settings, Identity used) {
    this.vertx = vertx;
    this.settings = settings;
    this.used = used;
    warn(used);
  }

  /** Reads the files; null where there is no TLS. */
  public static Future<Certificates> of(Vertx vertx, TlsSettings settings) {
    if (!settings.isOn()) return Future.succeededFuture();
    return vertx
        .executeBlocking(settings::identity)
        .map(identity -> new Certificates(vertx, settings, identity));
  }

  /** Puts them, and what else TLS is to be, in a server's options. */
  public synchronized HttpServerOptions secure(HttpServerOptions options) {
    options.setPort(settings.port() == 0 ? ANY_SHARED : settings.port());
    return secure(options, used);
  }

  /** Watches the files for a server from now on. */
  public void watch(Server server) {
    this.server = server;
    vertx.setPeriodic(LOOK_MILLIS, t -> reload());
  }

  /**
   * Looks at the files now. True where they have changed and are used; fails with a message for a
   * person where they cannot be, and those before them stay in use.
   */
  public synchronized Future<Boolean> reload() {
    underway = underway.transform(before -> look());
    return underway;
  }

  private Future<Boolean> look() {
    return vertx
        .executeBlocking(settings::identity)
        .compose(this::take)
        .onSuccess(changed -> complaint = null)
        .onFailure(this::complain);
  }

  private Future<Boolean> take(Identity found) {
    if (found.equals(used)) return Future.succeededFuture(false);
    ServerSSLOptions options = secure(new HttpServerOptions(), found).getSslOptions();
    return server
        .updateSSLOptions(options)
        .map(
            changed -> {
              used = found;
              LOG.info("server.tls: another certificate in use, valid until {}", found.until());
              warn(found);
              return true;
            });
  }

  private HttpServerOptions secure(HttpServerOptions options, Identity identity) {
    PemKeyCertOptions pair =
        new PemKeyCertOptions().addCertValue(identity.certificate()).addKeyValue(identity.key());
    options
        .setSsl(true)
        .setUseAlpn(true)
        .setKeyCertOptions(pair)
        .setClientAuth(ClientAuth.valueOf(settings.clientCertificates().name()))
        .setEnabledSecureTransportProtocols(VERSIONS);
    if (identity.clientCa().length() > 0) {
      options.setTrustOptions(new PemTrustOptions().addCertValue(identity.clientCa()));
    }
    if (OpenSSLEngineOptions.isAvailable()) {
      options.setSslEngineOptions(new OpenSSLEngineOptions());
    } else { // the JDK's lets clients of TLS 1.2 begin anew without end (RFC 9113 §9.2.1)
      System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    }
    SUITES.forEach(options::addEnabledCipherSuite);
    return options;
  }

  private static void warn(Identity identity) {
    identity.warnings().forEach(LOG::warn);
  }

  private void complain(Throwable cause) {
    if (cause.getMessage().equals(complaint)) return; // it is looked at every few seconds
    complaint = cause.getMessage();
    LOG.error("server.tls: the certificate before stays in use: {}", complaint);
  }
}
