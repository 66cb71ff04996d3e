package dev.sluice.upstream;

import dev.sluice.provider.http.HttpTraffic;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * One of the {@code upstreams}: an HTTP API that prefix routes lead to, and that operations of the
 * user's own documents are answered by.
 *
 * @param url {@code http://host:port}, without a path: the only target
 * @param targets or several of them, which answer alike
 * @param connections the most connections of one event loop to one target
 * @param connectTimeout how long opening a connection may take, and then its TLS handshake
 * @param idleTimeout how long it may be silent before it answers, and in the middle of an answer
 * @param preserveHost whether it is sent the client's Host instead of its own
 * @param http2 whether HTTP/2 is spoken: over TLS if the target agrees (ALPN), else from the first
 *     byte (RFC 9113 §3.3)
 * @param tls how targets with https prove who they are, and the gateway to them; may be absent
 * @param health active checks; absent, none are made
 * @param ejection what takes a target out because of how it answers
 * @param retry how often a request is sent to another target
 * @param sockets what becomes of WebSockets that are passed on
 * @param traffic how much operations that name it ask of it; routes have nothing to do with it
 */
public record UpstreamSettings(
    URI url,
    List<TargetSettings> targets,
    Integer connections,
    Duration connectTimeout,
    Duration idleTimeout,
    Boolean preserveHost,
    Boolean http2,
    TlsSettings tls,
    HealthSettings health,
    EjectionSettings ejection,
    RetrySettings retry,
    WebSocketSettings sockets,
    HttpTraffic traffic) {
  public UpstreamSettings {
    if (connections == null) connections = 512;
    if (connectTimeout == null) connectTimeout = Duration.ofSeconds(2);
    if (preserveHost == null) preserveHost = false;
    if (idleTimeout == null) idleTimeout = Duration.ofSeconds(30);
    if (http2 == null) http2 = false;
    if (ejection == null) ejection = EjectionSettings.DEFAULT;
    if (retry == null) retry = RetrySettings.DEFAULT;
    if (sockets == null) sockets = WebSocketSettings.USUAL;
    if (traffic == null) traffic = HttpTraffic.USUAL;
    if (url != null && targets != null) {
      throw new IllegalArgumentException("url and targets are both set; keep one of them");
    }
    if (targets == null) targets = List.of(TargetSettings.only(url));
    targets = List.copyOf(targets);
    url = null; // said by targets from here on
    if (targets.stream().noneMatch(target -> target.weight() > 0)) {
      throw new IllegalArgumentException("targets must have one of a weight above 0 at least");
    }
    if (targets.stream().map(TargetSettings::authority).distinct().count() < targets.size()) {
      throw new IllegalArgumentException("targets has the same one twice; give it a weight");
    }
    if (targets.stream().map(TargetSettings::isTls).distinct().count() > 1) {
      throw new IllegalArgumentException("targets must be all http or all https");
    }
    if (tls != null && !targets.get(0).isTls()) {
      throw new IllegalArgumentException("tls is for targets with https alone");
    }
    if (connections < 1) throw new IllegalArgumentException("connections must be 1 at least");
    if (isOdd(connectTimeout) || isOdd(idleTimeout)) {
      throw new IllegalArgumentException("timeouts must be above 0 and below a day");
    }
  }

  public boolean isTls() {
    return targets.get(0).isTls();
  }

  static boolean isOdd(Duration timeout) {
    return timeout.isZero() || timeout.toDays() >= 1;
  }
}
