package dev.sluice.http.forward;

import dev.sluice.provider.http.HttpTraffic;
import java.net.URI;
import java.time.Duration;

/**
 * One of the {@code upstreams}: an HTTP API that prefix routes lead to, and that operations of the
 * user's own documents are answered by.
 *
 * @param url {@code http://host:port}, without a path
 * @param connections the most connections of one event loop to it
 * @param connectTimeout how long opening a connection may take
 * @param idleTimeout how long it may be silent before it answers, and in the middle of an answer
 * @param preserveHost whether it is sent the client's Host instead of its own
 * @param traffic how much operations that name it ask of it; routes have nothing to do with it
 */
public record UpstreamSettings(
    URI url,
    Integer connections,
    Duration connectTimeout,
    Duration idleTimeout,
    Boolean preserveHost,
    HttpTraffic traffic) {
  public UpstreamSettings {
    if (connections == null) connections = 256;
    if (connectTimeout == null) connectTimeout = Duration.ofSeconds(2);
    if (preserveHost == null) preserveHost = false;
    if (traffic == null) traffic = HttpTraffic.USUAL;
    if (idleTimeout == null) idleTimeout = Duration.ofSeconds(30);
    if (url == null || url.getHost() == null || !isHttp(url)) {
      throw new IllegalArgumentException("url must be one such as http://127.0.0.1:9000");
    }
    boolean bare = url.getRawPath().isEmpty() && url.getRawQuery() == null;
    if (!bare || url.getRawUserInfo() != null || url.getRawFragment() != null) {
      throw new IllegalArgumentException("url must have a host and a port alone, and no path");
    }
    if (connections < 1) throw new IllegalArgumentException("connections must be 1 at least");
    if (isOdd(connectTimeout) || isOdd(idleTimeout)) {
      throw new IllegalArgumentException("timeouts must be above 0 and below a day");
    }
  }

  public boolean isTls() {
    return url.getScheme().equalsIgnoreCase("https");
  }

  /** The port, the scheme's own where the URL names none. */
  public int port() {
    if (url.getPort() >= 0) return url.getPort();
    return isTls() ? 443 : 80;
  }

  /** What a Host header says of it. */
  public String authority() {
    return url.getRawAuthority();
  }

  private static boolean isHttp(URI url) {
    return "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
  }

  private static boolean isOdd(Duration timeout) {
    return timeout.isZero() || timeout.toDays() >= 1;
  }
}
