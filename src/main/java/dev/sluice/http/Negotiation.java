package dev.sluice.http;

import dev.sluice.call.Body;
import java.util.Locale;

/** What the client can read (RFC 9110 §12.5) and already has (§13.1). Pure. */
final class Negotiation {
  private Negotiation() {}

  /** Whether Accept-Encoding takes gzip, by q-values, {@code *} included. */
  static boolean acceptsGzip(String header) {
    if (header == null) return false;
    if (header.startsWith("gzip,") || header.equals("gzip")) return true;
    double any = -1;
    for (String item : header.split(",")) {
      String[] parts = item.trim().split("\\s*;\\s*");
      String coding = parts[0].toLowerCase(Locale.ROOT);
      if (coding.equals("gzip") || coding.equals("x-gzip")) return quality(parts) > 0;
      if (coding.equals("*")) any = quality(parts);
    }
    return any > 0;
  }

  /** Whether Accept prefers a type over JSON, its subtype given whole. */
  static boolean accepts(String header, String type) {
    if (header == null) return false;
    double json = 0;
    double wanted = 0;
    for (String item : header.split(",")) {
      String[] parts = item.trim().split("\\s*;\\s*");
      if (parts[0].equalsIgnoreCase(type)) wanted = quality(parts);
      if (parts[0].equalsIgnoreCase(Body.JSON)) json = quality(parts);
    }
    return wanted > 0 && wanted >= json;
  }

  /**
   * Whether If-None-Match names the tag, by weak comparison (RFC 9110 §13.1.2): a compressed
   * representation's tag counts as the same.
   */
  static boolean matches(String ifNoneMatch, String etag) {
    if (ifNoneMatch == null || etag == null) return false;
    if (ifNoneMatch.equals(etag) || ifNoneMatch.trim().equals("*")) return true;
    String opaque = etag.substring(1, etag.length() - 1);
    for (String item : ifNoneMatch.split(",")) {
      String tag = item.trim();
      if (tag.startsWith("W/")) tag = tag.substring(2);
      if (tag.length() < 2 || tag.charAt(0) != '"' || !tag.endsWith("\"")) continue;
      String given = tag.substring(1, tag.length() - 1);
      if (given.equals(opaque) || given.equals(opaque + Responder.GZIP_TAG)) return true;
    }
    return false;
  }

  /** Whether bodies of this media type get smaller. */
  static boolean isCompressible(String type) {
    if (type == null) return false;
    return type.startsWith("text/")
        || type.startsWith("application/json")
        || type.startsWith("application/yaml")
        || type.startsWith("application/javascript")
        || type.contains("+json")
        || type.contains("+xml");
  }

  private static double quality(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      if (!parts[i].regionMatches(true, 0, "q=", 0, 2)) continue;
      try {
        return Double.parseDouble(parts[i].substring(2));
      } catch (NumberFormatException e) {
        return 0;
      }
    }
    return 1;
  }
}
