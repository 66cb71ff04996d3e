package dev.sluice.upstream;

import java.net.URI;

/**
 * One server of an upstream.
 *
 * @param url {@code http://host:port}, without a path
 * @param weight its share of the requests, beside the others'; 0 sends it no new ones
 */
public record TargetSettings(URI url, Integer weight) {
  private static final int MAX_WEIGHT = 1000;

  public TargetSettings {
    if (weight == null) weight = 1;
    if (url == null || url.getHost() == null || !isHttp(url)) {
      throw new IllegalArgumentException("url must be one such as http://127.0.0.1:9000");
    }
    boolean bare = url.getRawPath().isEmpty() && url.getRawQuery() == null;
    if (!bare || url.getRawUserInfo() != null || url.getRawFragment() != null) {
      throw new IllegalArgumentException("url must have a host and a port alone, and no path");
    }
    if (weight < 0 || weight > MAX_WEIGHT) {
      throw new IllegalArgumentException("weight must be from 0 to " + MAX_WEIGHT);
    }
  }

  static TargetSettings only(URI url) {
    return new TargetSettings(url, 1);
  }

  boolean isTls() {
    return url.getScheme().equalsIgnoreCase("https");
  }

  /** Where it listens: a name, or a literal address without brackets. */
  String host() {
    String host = url.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** The port, the scheme's own where the URL names none. */
  int port() {
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
}
