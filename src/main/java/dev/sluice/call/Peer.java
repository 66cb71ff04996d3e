package dev.sluice.call;

import io.netty.util.NetUtil;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Where a call comes from.
 *
 * @param address the client's IP address, the one that limits count by; empty inside the gateway
 * @param agent what the client calls itself (RFC 9110 §10.1.5); null where it does not
 */
public record Peer(String address, String agent) {
  /** The gateway itself. */
  public static final Peer INSIDE = new Peer("", null);

  private static final int PREFIX_BYTES = 8;
  private static final byte[] MAPPED = HexFormat.of().parseHex("00000000000000000000ffff");
  private static final int LONGEST_AGENT = 512; // more of it is nobody's to keep

  public Peer {
    if (agent != null && agent.length() > LONGEST_AGENT) agent = agent.substring(0, LONGEST_AGENT);
  }

  /** Whether it is one, written as IPv4 or IPv6. */
  public static boolean isAddress(String text) {
    return NetUtil.isValidIpV4Address(text) || NetUtil.isValidIpV6Address(text);
  }

  /** What a client is counted by: its address, of IPv6 the first 64 bits (RFC 6177). */
  public static String network(String address) {
    if (address.indexOf(':') < 0) return address;
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
    if (bytes == null || bytes.length == 4) return address;
    if (isMapped(bytes)) return NetUtil.bytesToIpAddress(bytes, MAPPED.length, 4);
    return HexFormat.of().formatHex(bytes, 0, PREFIX_BYTES) + "::/64";
  }

  /** Whether it is IPv4 written as IPv6, of which all begin with the same 64 bits. */
  private static boolean isMapped(byte[] bytes) {
    return Arrays.equals(bytes, 0, MAPPED.length, MAPPED, 0, MAPPED.length);
  }

  /** The address, or null inside the gateway. */
  public String outside() {
    return address.isEmpty() ? null : address;
  }
}
