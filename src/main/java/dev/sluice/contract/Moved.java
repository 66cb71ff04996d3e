package dev.sluice.contract;

/**
 * Where an upstream's paths are to clients.
 *
 * @param there what stands before them at the upstream; empty where nothing does
 * @param here what stands before them here
 */
public record Moved(String there, String here) {

  /**
   * What a Location (RFC 9110 §10.2.2) of the upstream is here: a path below its prefix the same
   * one below ours, anything else as it is.
   */
  public String location(String location) {
    boolean path = location.startsWith("/") && !location.startsWith("//");
    if (!path || !location.startsWith(there)) return location;
    String rest = location.substring(there.length());
    boolean below = rest.isEmpty() || "/?#".indexOf(rest.charAt(0)) >= 0;
    return below ? here + rest : location;
  }
}
