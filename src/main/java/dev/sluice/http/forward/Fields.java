package dev.sluice.http.forward;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.stream.Stream;

/** What becomes of header fields between one connection and the next. */
public final class Fields {
  /** For one connection alone (RFC 9110 §7.6.1), and what a proxy makes itself. */
  private static final List<CharSequence> HOP_BY_HOP =
      optimized(
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authorization",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "http2-settings");

  private static final List<CharSequence> MADE_ANEW =
      optimized(
          "host",
          "expect",
          "x-request-id",
          "traceparent",
          "x-forwarded-for",
          "forwarded",
          "client-cert",
          "client-cert-chain");

  private static final CharSequence VIA = HttpHeaders.createOptimized("via");

  private Fields() {}

  /**
   * Copies a request's fields to the upstream's: without what is for one connection alone, and with
   * what a proxy says of the way.
   */
  public static void ofRequest(MultiMap from, MultiMap to, Way way) {
    to.addAll(from);
    MADE_ANEW.forEach(to::remove);
    removeHops(from, to);
    String before = way.trusted() ? from.get("x-forwarded-for") : null;
    to.set("x-forwarded-for", before == null ? way.peer() : before + ", " + way.peer());
    if (!way.trusted() || !from.contains("x-forwarded-proto")) {
      to.set("x-forwarded-proto", way.scheme());
    }
    if (!way.trusted() || !from.contains("x-forwarded-host")) {
      if (way.host() == null) to.remove("x-forwarded-host");
      else to.set("x-forwarded-host", way.host());
    }
    if (way.clientCert() != null) to.set("client-cert", way.clientCert());
    to.set("x-request-id", way.requestId());
    to.set("traceparent", way.traceparent());
    to.add(VIA, way.version() + " Sluice");
  }

  /** Copies a response's fields back. */
  public static void ofResponse(MultiMap from, MultiMap to, String version) {
    to.addAll(from);
    removeHops(from, to);
    to.add(VIA, version + " Sluice");
  }

  /**
   * How a request came here.
   *
   * @param peer the address of who sent it
   * @param trusted whether what the peer says of the way before it is believed
   * @param scheme http or https
   * @param host the Host it asked for, or null
   * @param version of HTTP, as in Via (RFC 9110 §7.6.3)
   * @param clientCert the certificate it was asked with (RFC 9440 §2.2), or null
   */
  public record Way(
      String peer,
      boolean trusted,
      String scheme,
      String host,
      String version,
      String clientCert,
      String requestId,
      String traceparent) {}

  private static void removeHops(MultiMap from, MultiMap to) {
    HOP_BY_HOP.forEach(to::remove);
    List<String> lines = from.getAll(HttpHeaders.CONNECTION);
    if (lines.isEmpty() || lines.size() == 1 && lines.get(0).equalsIgnoreCase("keep-alive")) return;
    for (String name : String.join(",", lines).split(",")) {
      if (!name.isBlank()) to.remove(name.trim()); // said to be for this connection alone, too
    }
  }

  private static List<CharSequence> optimized(String... names) {
    return Stream.of(names).map(HttpHeaders::createOptimized).toList();
  }
}
