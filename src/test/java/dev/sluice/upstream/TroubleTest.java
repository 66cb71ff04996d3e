package dev.sluice.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TroubleTest {
  static Stream<Arguments> causes() {
    Throwable certificate = new SSLHandshakeException("General problem");
    certificate.initCause(new CertificateException("expired"));
    Throwable lookup = new UnknownHostException("x");
    lookup.initCause(new TimeoutException());
    return Stream.of(
        arguments(new UnknownHostException("x"), "dns_error", 502),
        arguments(lookup, "dns_timeout", 504),
        arguments(new ConnectException("Connection refused"), "connection_refused", 502),
        arguments(new ConnectTimeoutException("late"), "connection_timeout", 504),
        arguments(new SslHandshakeTimeoutException("late"), "connection_timeout", 504),
        arguments(new NoRouteToHostException("x"), "destination_ip_unroutable", 502),
        arguments(new HttpClosedException("closed"), "connection_terminated", 502),
        arguments(new IOException("Connection reset by peer"), "connection_terminated", 502),
        arguments(certificate, "tls_certificate_error", 502),
        arguments(
            new SSLHandshakeException("Received fatal alert: bad_certificate"),
            "tls_alert_received",
            502),
        arguments(
            new DecoderException(
                new SSLHandshakeException("Received fatal alert: certificate_required")),
            "tls_alert_received",
            502),
        arguments(new SSLException("not an SSL/TLS record"), "tls_protocol_error", 502),
        arguments(new StreamResetException(2), "http_response_incomplete", 502),
        arguments(new TimeoutException("late"), "http_response_timeout", 504),
        arguments(new TooLongFrameException("x"), "http_response_header_section_size", 502),
        arguments(new IllegalArgumentException("no HTTP"), "http_protocol_error", 502));
  }

  @ParameterizedTest
  @MethodSource("causes")
  void eachCauseHasItsWordAndStatus(Throwable cause, String word, int status) {
    assertEquals(word, Trouble.of(cause).word());
    assertEquals(status, Trouble.of(cause).status());
  }
}
