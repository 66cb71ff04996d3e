package dev.sluice.outward;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where a receiver is, of a URL that everybody reads alike.
 *
 * @param host a name in lower case, or a literal address without brackets
 * @param literal the address, where the host is one
 * @param target path and query
 */
public record Endpoint(boolean tls, String host, InetAddress literal, int port, String target) {
  private static final int LONGEST = 2000;
  private static final int FIRST_FREE_PORT = 1024;
  private static final Pattern NAME =
      Pattern.compile("(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z0-9-]{1,63}");

  /** What some take for an IPv4 address, octal, hexadecimal or short (WHATWG URL §3.5). */
  private static final Pattern ENDS_IN_NUMBER = Pattern.compile("(.*\\.)?([0-9]+|0x[0-9a-f]*)");

  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.(?=.)|$)){4}");

  /** Throws {@link IllegalArgumentException}, which says what is wrong with it. */
  static Endpoint of(String url, boolean http) {
    if (url.length() > LONGEST) throw wrong("is longer than " + LONGEST + " characters");
    boolean plain = url.chars().allMatch(c -> c > ' ' && c < 0x7f);
    if (!plain) throw wrong("has characters that a URL encodes; a name may be written as xn--…");
    URI uri = parsed(url);
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    boolean tls = scheme.equals("https");
    if (!tls && !(http && scheme.equals("http"))) {
      throw wrong("must begin with https://" + (http ? " or http://" : ""));
    }
    String authority = uri.getRawAuthority();
    if (authority == null) throw wrong("has no host");
    if (authority.contains("@")) throw wrong("must not have a user name or password");
    if (uri.getRawFragment() != null) throw wrong("must not have a fragment (#)");
    String host = host(authority);
    return new Endpoint(
        tls, host, literal(authority, host), port(uri, authority, tls), target(uri));
  }

  private static URI parsed(String url) {
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      throw wrong("is no URL such as https://example.com/hook");
    }
  }

  private static String host(String authority) {
    String host = authority.toLowerCase(Locale.ROOT);
    if (host.startsWith("[")) return host.substring(1, Math.max(1, host.indexOf(']')));
    return host.contains(":") ? host.substring(0, host.indexOf(':')) : host;
  }

  /** Null where the host is a name. */
  private static InetAddress literal(String authority, String host) {
    boolean brackets = authority.startsWith("[");
    if (!brackets && ENDS_IN_NUMBER.matcher(host).matches()) {
      if (IPV4.matcher(host).matches() && isDecimal(host)) return Addresses.literal(host);
      throw wrong("has an IPv4 address that is not written as four decimal numbers");
    }
    if (!brackets) {
      if (NAME.matcher(host).matches()) return null;
      throw wrong("has no valid host name");
    }
    if (host.contains("%")) throw wrong("must not name a zone of this machine (%)");
    if (!NetUtil.isValidIpV6Address(host)) throw wrong("has no valid IPv6 address");
    return Addresses.literal(host);
  }

  /** 010 is ten to some and eight to others. */
  private static boolean isDecimal(String host) {
    for (String part : host.split("\\."))
      if (part.length() > 1 && part.charAt(0) == '0') return false;
    return true;
  }

  private static int port(URI uri, String authority, boolean tls) {
    String rest = authority.substring(authority.lastIndexOf(']') + 1);
    String given = rest.contains(":") ? rest.substring(rest.indexOf(':') + 1) : "";
    if (given.isEmpty()) return tls ? 443 : 80;
    int port = given.matches("[0-9]{1,5}") ? Integer.parseInt(given) : 0;
    if (port == 80 || port == 443) return port;
    if (port >= FIRST_FREE_PORT && port < 65536) return port;
    throw wrong("has a port that is none of 443, 80, and 1024 to 65535");
  }

  private static String target(URI uri) {
    String path = uri.getRawPath();
    String target = path == null || path.isEmpty() ? "/" : path;
    return uri.getRawQuery() == null ? target : target + "?" + uri.getRawQuery();
  }

  private static IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(what);
  }

  /** Scheme, host and port, as origins are compared (RFC 6454 §6.2). */
  public String origin() {
    return (tls ? "https://" : "http://") + authority();
  }

  /** As Host says it (RFC 9110 §7.2). */
  String authority() {
    String written = host.contains(":") ? "[" + host + "]" : host;
    return port == (tls ? 443 : 80) ? written : written + ":" + port;
  }
}
