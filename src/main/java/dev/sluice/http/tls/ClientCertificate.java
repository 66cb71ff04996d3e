package dev.sluice.http.tls;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import javax.net.ssl.SSLPeerUnverifiedException;

/** The certificate that a client has shown, as upstreams are told of it (RFC 9440). */
public final class ClientCertificate {
  private static final AttributeKey<String> FIELD = AttributeKey.valueOf("sluice.client-cert");

  private ClientCertificate() {}

  /** Keeps the field's value with the connection: it is the same for all its requests. */
  public static void keep(HttpConnection connection) {
    Channel channel = ((ConnectionBase) connection).channel();
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) return;
    try {
      byte[] der = tls.engine().getSession().getPeerCertificates()[0].getEncoded();
      channel.attr(FIELD).set(":" + Base64.getEncoder().encodeToString(der) + ":");
    } catch (SSLPeerUnverifiedException none) {
      // it has shown none
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e); // it has been decoded from these very bytes
    }
  }

  /** The value of {@code Client-Cert}, or null where the client has shown none. */
  public static String field(HttpConnection connection) {
    return ((ConnectionBase) connection).channel().attr(FIELD).get();
  }
}
