package dev.sluice.call;

/**
 * Where a call comes from.
 *
 * @param address the client's IP address, the one that limits count by; empty inside the gateway
 * @param agent what the client calls itself (RFC 9110 §10.1.5); null where it does not
 */
public record Peer(String address, String agent) {
  /** The gateway itself. */
  public static final Peer INSIDE = new Peer("", null);

  private static final int LONGEST_AGENT = 512; // more of it is nobody's to keep

  public Peer {
    if (agent != null && agent.length() > LONGEST_AGENT) agent = agent.substring(0, LONGEST_AGENT);
  }

  /** The address, or null inside the gateway. */
  public String outside() {
    return address.isEmpty() ? null : address;
  }
}
