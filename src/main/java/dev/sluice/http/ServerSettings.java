package dev.sluice.http;

import dev.sluice.conf.Size;
import dev.sluice.contract.json.JsonSettings;
import dev.sluice.framing.Bounds;
import dev.sluice.http.tls.TlsSettings;
import io.vertx.core.http.Http2Settings;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * The {@code server} section.
 *
 * @param host the address to listen on
 * @param port 0 takes any free one
 * @param maxBody the largest request body
 * @param maxHeaders the most all request headers together may weigh
 * @param maxRequestLine the longest request line
 * @param headerTimeout within which a request's headers must be complete
 * @param bodyTimeout within which a request's body must be complete
 * @param idleTimeout after which a silent connection is closed
 * @param compressFrom the smallest body that is compressed
 * @param trustedProxies networks (CIDR) whose X-Forwarded-For is believed
 * @param drainDelay how long the gateway goes on serving when it is told to stop, with {@code
 *     /readyz} at 503, so that balancers send their requests elsewhere
 * @param drainTimeout how long requests under way may take when the gateway stops
 * @param examples the sandbox whose mail the example pages may read, as {@code
 *     http://127.0.0.1:8099}; empty, and there are no such pages
 * @param json how much structure a JSON body may have
 * @param tls the second port
 */
public record ServerSettings(
    String host,
    int port,
    Size maxBody,
    Size maxHeaders,
    Size maxRequestLine,
    Duration headerTimeout,
    Duration bodyTimeout,
    Duration idleTimeout,
    Size compressFrom,
    List<String> trustedProxies,
    Duration drainDelay,
    Duration drainTimeout,
    String examples,
    JsonSettings json,
    CorsSettings cors,
    TlsSettings tls) {
  static final int CONNECTION_WINDOW = 1 << 20;
  private static final int MAX_STREAMS = 128;
  private static final int STREAM_WINDOW = 256 << 10;

  public ServerSettings {
    new Client(trustedProxies); // refuses what is no network
    must(port >= 0 && port <= 65_535, "port must be from 0 to 65535");
    must(maxHeaders.bytes() >= 1024, "maxHeaders must be 1KiB at least");
    must(maxRequestLine.bytes() >= 256, "maxRequestLine must be 256 bytes at least");
    must(!headerTimeout.isZero(), "headerTimeout must be above 0");
    must(!bodyTimeout.isZero(), "bodyTimeout must be above 0");
    must(!idleTimeout.isZero(), "idleTimeout must be above 0");
    must(idleTimeout.toDays() <= 7, "idleTimeout must be a week at most");
    must(drainDelay.toHours() <= 1, "drainDelay must be an hour at most");
    must(drainTimeout.toHours() <= 1, "drainTimeout must be an hour at most");
    must(
        examples.matches("(https?://[A-Za-z0-9.:\\[\\]-]+)?"),
        "examples must be the sandbox's URL without a path, such as http://127.0.0.1:8099");
    boolean same = tls.isOn() && tls.port() == port && port != 0;
    must(!same, "tls.port is that of clear text too: choose another");
  }

  private static void must(boolean so, String otherwise) {
    if (!so) throw new IllegalArgumentException(otherwise);
  }

  /** Whether it is one of the door's ports. */
  boolean listensOn(int port) {
    boolean any = this.port == 0 || tls.port() == 0;
    return any || port == this.port || port == tls.port();
  }

  /** What one connection may take. */
  Bounds bounds() {
    int maxHead = maxRequestLine.toInt() + 2 * maxHeaders.toInt();
    return new Bounds(maxHead, MAX_STREAMS, headerTimeout, idleTimeout);
  }

  /** What HTTP/2 clients are told of it (RFC 9113 §6.5.2). */
  Http2Settings http2() {
    long head = maxRequestLine.bytes() + maxHeaders.bytes();
    return new Http2Settings()
        .setMaxConcurrentStreams(MAX_STREAMS)
        .setInitialWindowSize(STREAM_WINDOW)
        .setMaxHeaderListSize(head);
  }

  /**
   * Which web pages of other origins may call.
   *
   * @param origins exact origins, or {@code "*"} for all; empty, none
   * @param credentials whether they may send cookies along
   * @param maxAge how long a browser keeps a preflight's answer
   */
  public record CorsSettings(List<String> origins, boolean credentials, Duration maxAge) {
    public CorsSettings {
      if (credentials && origins.contains("*")) {
        throw new IllegalArgumentException(
            "credentials need exact origins: \"*\" would let every page use a user's cookies");
      }
    }

    /** The origins whose pages may send cookies along. */
    public Set<String> withCookies() {
      return credentials ? Set.copyOf(origins) : Set.of();
    }
  }
}
