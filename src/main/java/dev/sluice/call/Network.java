package dev.sluice.call;

import io.netty.util.NetUtil;
import java.util.Arrays;
import java.util.HexFormat;

/** What a client without a name is told by. */
public final class Network {
  private static final int PREFIX_BYTES = 8; // of IPv6, what one customer has (RFC 6177)
  private static final byte[] MAPPED = HexFormat.of().parseHex("00000000000000000000ffff");

  private Network() {}

  /** Its address, of IPv6 the first 64 bits. */
  public static String of(String address) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
    if (bytes == null || bytes.length == 4) return address;
    if (isMapped(bytes)) return NetUtil.bytesToIpAddress(bytes, MAPPED.length, 4);
    return HexFormat.of().formatHex(Arrays.copyOf(bytes, PREFIX_BYTES)) + "::/64";
  }

  /** Whether it is IPv4 written as IPv6, of which all begin with the same 64 bits. */
  private static boolean isMapped(byte[] bytes) {
    return Arrays.equals(bytes, 0, MAPPED.length, MAPPED, 0, MAPPED.length);
  }
}
