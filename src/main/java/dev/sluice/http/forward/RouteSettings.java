package dev.sluice.http.forward;

/**
 * One of the {@code routes}: requests below a path go to an upstream.
 *
 * @param path {@code /o/**} for /o and all below it, {@code /**} for everything that is nothing
 *     else
 * @param upstream its name under {@code upstreams}
 * @param stripPrefix what is taken off the path's beginning before it is passed on
 * @param addPrefix what is put there instead
 * @param requestHeaders what becomes of a request's fields on top of a proxy's duties
 * @param responseHeaders what becomes of a response's, before it is stored
 * @param forwarded how the upstream is told of the way
 * @param cache what is stored of its answers
 * @param auth who may call: for now, anyone
 * @param limit the name of a limit class, or {@code none}
 */
public record RouteSettings(
    String path,
    String upstream,
    String stripPrefix,
    String addPrefix,
    HeaderRules requestHeaders,
    HeaderRules responseHeaders,
    Forwarded forwarded,
    Caching cache,
    Auth auth,
    String limit) {
  private static final String BELOW = "/**";

  /** What is stored of the answers: nothing, or what HTTP caching allows (RFC 9111). */
  public enum Caching {
    NONE,
    HTTP
  }

  /** How an upstream is told who asks, and for what. */
  public enum Forwarded {
    /** X-Forwarded-For, -Proto, -Host, and -Prefix where one is stripped. */
    X,
    /** Forwarded (RFC 7239). */
    STANDARD,
    BOTH,
    NONE
  }

  /** Who may call. */
  public enum Auth {
    NONE
  }

  public RouteSettings {
    if (path == null || !path.startsWith("/") || !path.endsWith(BELOW)) {
      throw new IllegalArgumentException("path must be one such as /o/**");
    }
    String prefix = path.substring(0, path.length() - BELOW.length());
    if (prefix.matches(".*([*{?#]|//).*")) {
      throw new IllegalArgumentException("path may have a /** at its end and no other pattern");
    }
    if (!prefix.matches("[!-~&&[^%;\\\\]]*") || (prefix + "/").matches(".*/\\.\\.?/.*")) {
      throw new IllegalArgumentException(
          "path must be plain ASCII without %, ; or dot segments; requests find it however they"
              + " are encoded");
    }
    if (upstream == null) throw new IllegalArgumentException("upstream must be named");
    if (cache == null) cache = Caching.NONE;
    if (auth == null) auth = Auth.NONE;
    if (limit == null) limit = "default";
    if (stripPrefix == null) stripPrefix = "";
    if (addPrefix == null) addPrefix = "";
    if (requestHeaders == null) requestHeaders = HeaderRules.NONE;
    if (responseHeaders == null) responseHeaders = HeaderRules.NONE;
    if (forwarded == null) forwarded = Forwarded.X;
    if (!addPrefix.isEmpty() && !addPrefix.matches("(/[\\w.~!$&'()*+,;=:@%-]+)+")) {
      throw new IllegalArgumentException("addPrefix must be one such as /v2");
    }
    if (!stripPrefix.isEmpty() && !(prefix + "/").startsWith(stripPrefix + "/")) {
      throw new IllegalArgumentException("stripPrefix must be a beginning of path");
    }
  }

  /** The path without its pattern; empty for all. */
  public String prefix() {
    return path.substring(0, path.length() - BELOW.length());
  }

  /**
   * The target that the upstream is sent: path and query, both as the client wrote them. A whole
   * URL (RFC 9112 §3.2.2) is sent as its path. What is stripped may have been written with needless
   * encodings.
   */
  public String target(String uri) {
    String origin = Target.path(uri);
    if (stripPrefix.isEmpty() && addPrefix.isEmpty()) return origin;
    String rest = origin.substring(Spelling.written(origin, stripPrefix.length()));
    return addPrefix + (rest.startsWith("/") ? rest : "/" + rest);
  }

  /** Whether a target of this gateway's is one of this route. */
  public boolean leads(String target) {
    int end = target.indexOf('?');
    String path = end < 0 ? target : target.substring(0, end);
    return (Spelling.normal(path) + "/").startsWith(prefix() + "/");
  }

  /**
   * What a Location that names the upstream itself is to the client: the same below this route, as
   * a path; others as they are.
   *
   * @param authority the upstream's own
   */
  public String location(String location, String authority) {
    int scheme = location.indexOf("://");
    if (scheme < 0 || !location.startsWith(authority, scheme + 3)) return location;
    String path = location.substring(scheme + 3 + authority.length());
    if (!path.isEmpty() && "/?#".indexOf(path.charAt(0)) < 0) return location;
    if (!path.startsWith("/")) path = "/" + path;
    if (addPrefix.isEmpty()) return stripPrefix + path;
    boolean below = (path + "/").startsWith(addPrefix + "/");
    return below ? stripPrefix + path.substring(addPrefix.length()) : location;
  }
}
