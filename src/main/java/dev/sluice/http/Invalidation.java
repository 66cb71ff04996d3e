package dev.sluice.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;

/** What an unsafe request that has succeeded says is stale by it (RFC 9111 §4.4). */
final class Invalidation {
  private Invalidation() {}

  /**
   * The request's own target, and those that Location and Content-Location name.
   *
   * @param hosts the names of the origin: another's responses are not touched
   */
  static List<String> targets(String target, List<String> hosts, MultiMap answer) {
    List<String> all = new ArrayList<>(3);
    all.add(target);
    for (CharSequence name : List.of(HttpHeaders.LOCATION, HttpHeaders.CONTENT_LOCATION)) {
      String other = sameOrigin(target, answer.get(name), hosts);
      if (other != null) all.add(other);
    }
    return all;
  }

  /** The target a reference leads to from a target, or null where that is another origin's. */
  private static String sameOrigin(String target, String reference, List<String> hosts) {
    if (reference == null) return null;
    try {
      URI base = new URI("http://" + hosts.get(0) + target);
      boolean queryOnly = reference.startsWith("?"); // which URI resolves as RFC 2396 had it
      String from = queryOnly ? base.getRawPath() : "";
      URI found = base.resolve(new URI(from + reference));
      String authority = found.getRawAuthority();
      if (authority == null || hosts.stream().noneMatch(authority::equalsIgnoreCase)) return null;
      String path = found.getRawPath().isEmpty() ? "/" : found.getRawPath();
      return found.getRawQuery() == null ? path : path + "?" + found.getRawQuery();
    } catch (URISyntaxException broken) {
      return null;
    }
  }
}
