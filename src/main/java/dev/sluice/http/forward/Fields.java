package dev.sluice.http.forward;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What becomes of header fields between one connection and the next. */
public final class Fields {
  /** For one connection alone (RFC 9110 §7.6.1), and what a proxy makes itself. */
  private static final Set<String> HOP_BY_HOP =
      Set.of(
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

  private static final Set<String> MADE_ANEW =
      Set.of("host", "expect", "x-request-id", "traceparent", "x-forwarded-for", "forwarded");

  private static final String VIA = "via";

  private Fields() {}

  /**
   * Copies a request's fields to the upstream's: without what is for one connection alone, and with
   * what a proxy says of the way.
   */
  public static void ofRequest(MultiMap from, MultiMap to, Way way) {
    List<String> named = named(from);
    for (Map.Entry<String, String> field : from) {
      String name = field.getKey().toLowerCase(Locale.ROOT);
      if (isHop(name, named) || MADE_ANEW.contains(name)) continue;
      to.add(field.getKey(), field.getValue());
    }
    String before = way.trusted() ? from.get("x-forwarded-for") : null;
    to.set("x-forwarded-for", before == null ? way.peer() : before + ", " + way.peer());
    if (!way.trusted() || !from.contains("x-forwarded-proto")) {
      to.set("x-forwarded-proto", way.scheme());
    }
    if (!way.trusted() || !from.contains("x-forwarded-host")) {
      if (way.host() == null) to.remove("x-forwarded-host");
      else to.set("x-forwarded-host", way.host());
    }
    to.set("x-request-id", way.requestId());
    to.set("traceparent", way.traceparent());
    to.add(VIA, way.version() + " Sluice");
  }

  /** Copies a response's fields back. */
  public static void ofResponse(MultiMap from, MultiMap to, String version) {
    List<String> named = named(from);
    for (Map.Entry<String, String> field : from) {
      String name = field.getKey().toLowerCase(Locale.ROOT);
      if (!isHop(name, named)) to.add(field.getKey(), field.getValue());
    }
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
   */
  public record Way(
      String peer,
      boolean trusted,
      String scheme,
      String host,
      String version,
      String requestId,
      String traceparent) {}

  /** Further fields that Connection says are for this connection alone. */
  private static List<String> named(MultiMap fields) {
    List<String> lines = fields.getAll("connection");
    if (lines.isEmpty()) return List.of();
    return List.of(String.join(",", lines).toLowerCase(Locale.ROOT).trim().split("\\s*,\\s*"));
  }

  private static boolean isHop(String name, List<String> named) {
    return HOP_BY_HOP.contains(name) || !named.isEmpty() && named.contains(name);
  }
}
