package dev.sluice.http.forward;

/**
 * One of the {@code routes}: requests below a path go to an upstream.
 *
 * @param path {@code /o/**} for /o and all below it, {@code /**} for everything that is nothing
 *     else
 * @param upstream its name under {@code upstreams}
 * @param stripPrefix what is taken off the path's beginning before it is passed on
 * @param auth who may call: for now, anyone
 * @param limit the name of a limit class, or {@code none}
 */
public record RouteSettings(
    String path, String upstream, String stripPrefix, Auth auth, String limit) {
  private static final String BELOW = "/**";

  /** Who may call. */
  public enum Auth {
    NONE
  }

  public RouteSettings {
    if (path == null || !path.startsWith("/") || !path.endsWith(BELOW)) {
      throw new IllegalArgumentException("path must be one such as /o/**");
    }
    if (path.substring(0, path.length() - BELOW.length()).matches(".*([*{?#%]|//).*")) {
      throw new IllegalArgumentException("path may have a /** at its end and no other pattern");
    }
    if (upstream == null) throw new IllegalArgumentException("upstream must be named");
    if (auth == null) auth = Auth.NONE;
    if (limit == null) limit = "default";
    if (stripPrefix == null) stripPrefix = "";
    String prefix = path.substring(0, path.length() - BELOW.length());
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
   * URL (RFC 9112 §3.2.2) is sent as its path.
   */
  public String target(String uri) {
    String origin = Target.path(uri);
    String rest = origin.substring(stripPrefix.length());
    return rest.startsWith("/") ? rest : "/" + rest;
  }
}
