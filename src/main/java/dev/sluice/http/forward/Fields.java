package dev.sluice.http.forward;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
          "x-forwarded-proto",
          "x-forwarded-host",
          "x-forwarded-prefix",
          "forwarded",
          "client-cert",
          "client-cert-chain",
          "proxy", // CGI reads it as HTTP_PROXY (CVE-2016-5385)
          // and an underscore as a hyphen, as its heirs do
          "content_length",
          "transfer_encoding",
          "client_cert",
          "client_cert_chain",
          "x_forwarded_for",
          "x_forwarded_proto",
          "x_forwarded_host",
          "x_forwarded_prefix",
          "x_real_ip");

  private static final CharSequence MAX_FORWARDS = HttpHeaders.createOptimized("max-forwards");
  private static final int MOST_FORWARDS = 999_999_999;
  private static final Set<String> CLAIMS =
      Set.of("x-host", "x-original-host", "x-real-ip", "x-override-url", "true-client-ip");
  private static final Set<String> OURS =
      Set.of("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-prefix");

  private static final CharSequence VIA = HttpHeaders.createOptimized("via");
  private static final CharSequence VIA_HTTP2 = HttpHeaders.createOptimized("2 Sluice");
  private static final CharSequence VIA_HERE = HttpHeaders.createOptimized("1.1 Sluice");
  private static final CharSequence X_FOR = HttpHeaders.createOptimized("x-forwarded-for");
  private static final CharSequence X_REAL_IP = HttpHeaders.createOptimized("x-real-ip");
  private static final CharSequence X_PROTO = HttpHeaders.createOptimized("x-forwarded-proto");
  private static final CharSequence X_HOST = HttpHeaders.createOptimized("x-forwarded-host");
  private static final CharSequence X_PREFIX = HttpHeaders.createOptimized("x-forwarded-prefix");
  private static final CharSequence FORWARDED = HttpHeaders.createOptimized("forwarded");

  private Fields() {}

  /**
   * Copies a request's fields to the upstream's: without what is for one connection alone, and with
   * what a proxy says of the way.
   */
  public static void ofRequest(MultiMap from, MultiMap to, Way way) {
    copy(from, to);
    MADE_ANEW.forEach(to::remove);
    removeHops(from, to);
    if (!way.trusted()) to.remove(X_REAL_IP);
    RouteSettings.Forwarded told = way.route().forwarded();
    if (told == RouteSettings.Forwarded.X || told == RouteSettings.Forwarded.BOTH) {
      xForwarded(from, to, way);
    }
    if (told == RouteSettings.Forwarded.STANDARD || told == RouteSettings.Forwarded.BOTH) {
      forwarded(from, to, way);
    }
    maxForwards(to);
    if (way.clientCert() != null) to.set("client-cert", way.clientCert());
    to.set("x-request-id", way.requestId());
    to.set("traceparent", way.traceparent());
    to.add(VIA, way.version() + " Sluice");
    if (way.route().takesTokens() && !way.route().forwardToken()) {
      to.remove(HttpHeaders.AUTHORIZATION);
    }
    way.route().requestHeaders().apply(to, way.user());
  }

  /**
   * Takes out what a client says of the way a request came that nothing here says better: an answer
   * that others get too may not depend on it.
   */
  public static void removeClaims(MultiMap to) {
    for (String name : to.names()) {
      String plain = name.replace('_', '-').toLowerCase(Locale.ROOT);
      boolean claim = plain.startsWith("x-forwarded-") || CLAIMS.contains(plain);
      if (claim && !OURS.contains(name.toLowerCase(Locale.ROOT))) to.remove(name);
    }
  }

  /**
   * One less is left with every hop, and never more than is counted here (RFC 9110 §7.6.2). What is
   * no number limits nothing; it is sent on as it came.
   */
  private static void maxForwards(MultiMap to) {
    String left = to.get(MAX_FORWARDS);
    if (left == null || !left.matches("[0-9]+")) return;
    String digits = left.replaceFirst("^0+(?=.)", "");
    int less = digits.length() > 9 ? MOST_FORWARDS : Integer.parseInt(digits) - 1;
    to.set(MAX_FORWARDS, Integer.toString(Math.max(0, less)));
  }

  private static void xForwarded(MultiMap from, MultiMap to, Way way) {
    boolean trusted = way.trusted();
    String before = trusted ? String.join(", ", from.getAll(X_FOR)) : "";
    to.set(X_FOR, before.isEmpty() ? way.peer() : before + ", " + way.peer());
    to.set(X_PROTO, trusted && from.contains(X_PROTO) ? from.get(X_PROTO) : way.scheme());
    String host = trusted && from.contains(X_HOST) ? from.get(X_HOST) : way.host();
    if (host != null) to.set(X_HOST, host);
    String stripped = way.route().stripPrefix();
    String prefix = trusted && from.contains(X_PREFIX) ? from.get(X_PREFIX) + stripped : stripped;
    if (!prefix.isEmpty()) to.set(X_PREFIX, prefix);
  }

  /** RFC 7239 §4; an IPv6 address in brackets and quotes (§6.1). */
  private static void forwarded(MultiMap from, MultiMap to, Way way) {
    String peer = way.peer().indexOf(':') < 0 ? way.peer() : "\"[" + way.peer() + "]\"";
    String host = way.host() == null ? "" : ";host=\"" + way.host() + "\"";
    String element = "for=" + peer + host + ";proto=" + way.scheme();
    String before = way.trusted() ? String.join(", ", from.getAll(FORWARDED)) : "";
    to.set(FORWARDED, before.isEmpty() ? element : before + ", " + element);
  }

  /** Copies a response's fields back, as a route wants them. */
  public static void ofResponse(MultiMap from, MultiMap to, RouteSettings route, boolean http2) {
    copy(from, to);
    removeHops(from, to);
    to.add(VIA, http2 ? VIA_HTTP2 : VIA_HERE);
    route.responseHeaders().apply(to, null);
  }

  /**
   * Copies what came behind a body; nothing that would frame or route a message (RFC 9110 §6.5.1).
   */
  public static void ofTrailers(MultiMap from, MultiMap to) {
    copy(from, to);
    removeHops(from, to);
    to.remove(HttpHeaders.CONTENT_LENGTH);
    to.remove(HttpHeaders.HOST);
  }

  /**
   * How a request came here.
   *
   * @param route the way it takes on
   * @param peer the address of who sent it
   * @param trusted whether what the peer says of the way before it is believed
   * @param scheme http or https
   * @param host the Host it asked for, or null
   * @param version of HTTP, as in Via (RFC 9110 §7.6.3)
   * @param user who calls, or null where that is not known
   * @param clientCert the certificate it was asked with (RFC 9440 §2.2), or null
   */
  public record Way(
      RouteSettings route,
      String peer,
      boolean trusted,
      String scheme,
      String host,
      String version,
      String user,
      String clientCert,
      String requestId,
      String traceparent) {}

  /** As bytes, where they came as bytes: nothing is decoded to be encoded again. */
  private static void copy(MultiMap from, MultiMap to) {
    if (!(from instanceof io.netty.handler.codec.http.HttpHeaders fields)) {
      to.addAll(from);
      return;
    }
    Iterator<Map.Entry<CharSequence, CharSequence>> all = fields.iteratorCharSequence();
    while (all.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = all.next();
      to.add(field.getKey(), field.getValue());
    }
  }

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
