package dev.sluice.http.forward;

import dev.sluice.contract.Access;
import dev.sluice.contract.Access.Auth;
import java.util.List;

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
 * @param auth whose token is taken
 * @param roles of which a caller must have one; empty, none
 * @param permissions of which a caller must have all
 * @param forwardToken whether the upstream gets the token that was taken
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
    List<String> roles,
    List<String> permissions,
    Boolean forwardToken,
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
    Access access = new Access(auth, roles, permissions);
    auth = access.auth();
    roles = access.roles();
    permissions = access.permissions();
    if (auth == Auth.PASSTHROUGH) {
      throw new IllegalArgumentException(
          "auth may be none, optional or required; with none the caller's own token is passed on");
    }
    if (forwardToken == null) forwardToken = false;
    if (forwardToken && !access.takesTokens()) {
      throw new IllegalArgumentException("forwardToken needs auth: optional or required");
    }
    if (limit == null) limit = "default";
    if (stripPrefix == null) stripPrefix = "";
    if (addPrefix == null) addPrefix = "";
    if (requestHeaders == null) requestHeaders = HeaderRules.NONE;
    if (responseHeaders == null) responseHeaders = HeaderRules.NONE;
    if (responseHeaders.namesUser()) {
      throw new IllegalArgumentException("{user} stands in requestHeaders alone");
    }
    if (requestHeaders.namesUser() && !access.takesTokens()) {
      throw new IllegalArgumentException(
          "{user} is who calls; it needs auth: required or optional");
    }
    if (requestHeaders.namesUser() && cache == Caching.HTTP) {
      throw new IllegalArgumentException(
          "what is stored is for all, and cannot depend on {user}; take out one of cache and {user}");
    }
    if (forwarded == null) forwarded = Forwarded.X;
    if (!addPrefix.isEmpty() && !addPrefix.matches("(/[\\w.~!$&'()*+,;=:@%-]+)+")) {
      throw new IllegalArgumentException("addPrefix must be one such as /v2");
    }
    if (!stripPrefix.isEmpty() && !(prefix + "/").startsWith(stripPrefix + "/")) {
      throw new IllegalArgumentException("stripPrefix must be a beginning of path");
    }
  }

  /** Who may call. */
  public Access access() {
    return new Access(auth, roles, permissions);
  }

  /**
   * What an answer may depend on beside its request. Two routes of which this is equal lead to the
   * same answers.
   */
  public record View(
      String upstream,
      String stripPrefix,
      String addPrefix,
      HeaderRules requestHeaders,
      HeaderRules responseHeaders,
      Forwarded forwarded,
      Access access,
      boolean forwardToken) {}

  /** What its answers may depend on. */
  public View view() {
    return new View(
        upstream,
        stripPrefix,
        addPrefix,
        requestHeaders,
        responseHeaders,
        forwarded,
        access(),
        forwardToken);
  }

  /** Whether tokens are judged here. */
  public boolean takesTokens() {
    return auth != Auth.NONE;
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
