package dev.sluice.http;

import dev.sluice.http.ServerSettings.CorsSettings;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;

/**
 * The headers that stand in every response: request id, date, security, CORS. One an event loop.
 */
final class StandingHeaders {
  private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-request-id");
  private static final CharSequence NOSNIFF_NAME =
      HttpHeaders.createOptimized("x-content-type-options");
  private static final CharSequence NOSNIFF = HttpHeaders.createOptimized("nosniff");
  private static final CharSequence CSP_NAME =
      HttpHeaders.createOptimized("content-security-policy");
  private static final CharSequence CSP =
      HttpHeaders.createOptimized("default-src 'none'; frame-ancestors 'none'");
  private static final CharSequence REFERRER_NAME = HttpHeaders.createOptimized("referrer-policy");
  private static final CharSequence REFERRER = HttpHeaders.createOptimized("no-referrer");
  private static final CharSequence EXPOSED =
      HttpHeaders.createOptimized(
          "X-Request-Id, Cache-Status, Server-Timing, Retry-After, ETag, Age, Location,"
              + " Idempotent-Replayed, Preference-Applied");
  private static final CharSequence ANY = HttpHeaders.createOptimized("*");

  private static final DateTimeFormatter IMF_FIXDATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);

  private final boolean anyOrigin;
  private final Set<String> origins;
  private final boolean credentials;
  private final String maxAge;
  private long second;
  private CharSequence date = "";

  StandingHeaders(CorsSettings cors) {
    this.anyOrigin = cors.origins().contains("*");
    this.origins = Set.copyOf(cors.origins());
    this.credentials = cors.credentials();
    this.maxAge = Long.toString(cors.maxAge().toSeconds());
  }

  void put(MultiMap headers, HttpServerRequest request, String requestId) {
    headers.set(REQUEST_ID, requestId);
    headers.set(HttpHeaders.DATE, date());
    headers.set(NOSNIFF_NAME, NOSNIFF);
    if (!headers.contains(CSP_NAME)) headers.set(CSP_NAME, CSP);
    headers.set(REFERRER_NAME, REFERRER);
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin != null) allow(headers, origin);
    else if (!anyOrigin && !origins.isEmpty()) headers.add(HttpHeaders.VARY, "Origin");
  }

  /** To an upstream's own response: a Date only where it has none (RFC 9110 §6.6.1). */
  void passOn(MultiMap headers, String requestId) {
    headers.set(REQUEST_ID, requestId);
    if (!headers.contains(HttpHeaders.DATE)) headers.set(HttpHeaders.DATE, date());
  }

  private void allow(MultiMap headers, String origin) {
    if (!anyOrigin) headers.add(HttpHeaders.VARY, "Origin");
    if (!mayCall(origin)) return;
    headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, anyOrigin ? ANY : origin);
    if (credentials) headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
    headers.set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
  }

  /** Adds what a preflight asks for; nothing where the origin may not call. */
  void preflight(MultiMap headers, String origin, String asked, Set<String> methods) {
    if (origin == null || !mayCall(origin)) return;
    headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, String.join(", ", methods));
    if (asked != null) headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, asked);
    headers.set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, maxAge);
    headers.add(HttpHeaders.VARY, "Access-Control-Request-Headers");
  }

  /** Whether pages of this origin may read replies. */
  boolean mayCall(String origin) {
    return anyOrigin || origins.contains(origin);
  }

  /** IMF-fixdate (RFC 9110 §5.6.7), made once a second. */
  CharSequence date() {
    long now = System.currentTimeMillis() / 1000;
    if (now != second) {
      second = now;
      date = HttpHeaders.createOptimized(imfFixdate(now));
    }
    return date;
  }

  /** Always two digits for the day, unlike the JDK's own RFC 1123 form. */
  static String imfFixdate(long epochSecond) {
    return IMF_FIXDATE.format(Instant.ofEpochSecond(epochSecond).atOffset(ZoneOffset.UTC));
  }
}
