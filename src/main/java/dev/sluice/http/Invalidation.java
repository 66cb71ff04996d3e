package dev.sluice.http;

import dev.sluice.cache.http.HttpCache;
import dev.sluice.cache.http.Plan;
import dev.sluice.http.forward.RouteSettings;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/** What an unsafe request that has succeeded makes stale (RFC 9111 §4.4, RFC 9875 §3). */
final class Invalidation {
  private Invalidation() {}

  static void of(Exchange exchange, HttpClientResponse answer, HttpCache cache) {
    int status = answer.statusCode();
    if (status < 200 || status > 399) return;
    RouteSettings route = exchange.forwarded;
    String key = Caching.key(route, exchange.request);
    cache.invalidate(key);
    String target = route.target(exchange.request.uri());
    String prefix = key.substring(0, key.length() - target.length());
    String host = prefix.substring(prefix.indexOf(' ') + 1).trim();
    for (CharSequence name : List.of(HttpHeaders.LOCATION, HttpHeaders.CONTENT_LOCATION)) {
      String other = sameOrigin(target, answer.getHeader(name), host);
      if (other != null) cache.invalidate(prefix + other);
    }
    String origin = prefix.trim();
    List<String> groups = Plan.groups(origin, answer.headers(), "cache-group-invalidation");
    if (!groups.isEmpty()) cache.groups().invalidate(groups);
  }

  /** The target a reference leads to from a target, or null where that is another origin's. */
  private static String sameOrigin(String target, String reference, String host) {
    if (reference == null) return null;
    try {
      URI base = new URI("http://" + host + target);
      URI found = base.resolve(new URI(reference));
      if (found.getRawAuthority() == null || !found.getRawAuthority().equalsIgnoreCase(host)) {
        return null;
      }
      String path = found.getRawPath().isEmpty() ? "/" : found.getRawPath();
      return found.getRawQuery() == null ? path : path + "?" + found.getRawQuery();
    } catch (URISyntaxException broken) {
      return null;
    }
  }
}
