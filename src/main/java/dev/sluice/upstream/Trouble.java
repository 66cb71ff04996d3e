package dev.sluice.upstream;

import dev.sluice.framing.BadFraming;
import dev.sluice.websocket.BadHandshake;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/**
 * What can go wrong on the way to an upstream, in the words of Proxy-Status (RFC 9209 §2.3), each
 * with the status that goes with it.
 */
public enum Trouble {
  DNS_TIMEOUT(504),
  DNS_ERROR(502),
  DESTINATION_UNAVAILABLE(503),
  DESTINATION_IP_UNROUTABLE(502),
  CONNECTION_REFUSED(502),
  CONNECTION_TERMINATED(502),
  CONNECTION_TIMEOUT(504),
  CONNECTION_LIMIT_REACHED(503),
  TLS_PROTOCOL_ERROR(502),
  TLS_CERTIFICATE_ERROR(502),
  TLS_ALERT_RECEIVED(502),
  HTTP_RESPONSE_INCOMPLETE(502),
  HTTP_RESPONSE_HEADER_SECTION_SIZE(502),
  HTTP_RESPONSE_TIMEOUT(504),
  HTTP_PROTOCOL_ERROR(502),
  HTTP_UPGRADE_FAILED(502);

  private static final String ALERT = "received fatal alert";

  private final int status;
  private final String word = name().toLowerCase(Locale.ROOT);

  Trouble(int status) {
    this.status = status;
  }

  /** The status of the answer that tells a client of it. */
  public int status() {
    return status;
  }

  /** The error type as Proxy-Status has it. */
  public String word() {
    return word;
  }

  /** What a failed connect, request or answer means. */
  public static Trouble of(Throwable cause) {
    if (cause instanceof Broken known) return known.trouble();
    if (within(cause, CertificateException.class) != null) return TLS_CERTIFICATE_ERROR;
    if (cause instanceof SslHandshakeTimeoutException) return CONNECTION_TIMEOUT;
    Throwable tls = within(cause, SSLException.class); // a decoder's, where it comes with the data
    if (tls != null) return ofTls(tls);
    if (cause instanceof UnknownHostException) {
      return cause.getCause() instanceof TimeoutException ? DNS_TIMEOUT : DNS_ERROR;
    }
    if (cause instanceof ConnectTimeoutException) return CONNECTION_TIMEOUT;
    if (cause instanceof NoRouteToHostException) return DESTINATION_IP_UNROUTABLE;
    if (cause instanceof ConnectException) return CONNECTION_REFUSED;
    if (cause instanceof HttpClosedException || cause instanceof ClosedChannelException) {
      return CONNECTION_TERMINATED;
    }
    if (cause instanceof StreamResetException) return HTTP_RESPONSE_INCOMPLETE;
    if (cause instanceof TimeoutException) return HTTP_RESPONSE_TIMEOUT;
    if (cause instanceof BadFraming bad)
      return bad.isTooLarge() ? HTTP_RESPONSE_HEADER_SECTION_SIZE : HTTP_PROTOCOL_ERROR;
    if (cause instanceof BadHandshake) return HTTP_UPGRADE_FAILED;
    if (cause instanceof TooLongFrameException) return HTTP_RESPONSE_HEADER_SECTION_SIZE;
    if (cause instanceof Http2Exception) return HTTP_PROTOCOL_ERROR;
    return cause instanceof IOException ? CONNECTION_TERMINATED : HTTP_PROTOCOL_ERROR;
  }

  private static Throwable within(Throwable cause, Class<? extends Throwable> type) {
    for (Throwable t = cause; t != null; t = t.getCause()) if (type.isInstance(t)) return t;
    return null;
  }

  private static Trouble ofTls(Throwable cause) {
    String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    if (message.contains(ALERT)) return TLS_ALERT_RECEIVED;
    boolean name = cause instanceof SSLHandshakeException && message.contains("certificate");
    return name ? TLS_CERTIFICATE_ERROR : TLS_PROTOCOL_ERROR;
  }
}
