package dev.sluice.outward;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Which addresses a URL of a user may lead to: those that are everybody's (RFC 6890 and the IANA
 * registries of special-purpose addresses), and what the operator allows beside them.
 */
final class Addresses {
  private static final Map<String, String> SPECIAL_IPV4 =
      ordered(
          "0.0.0.0/8", "an unspecified",
          "10.0.0.0/8", "a private",
          "100.64.0.0/10", "a shared (carrier-grade NAT)",
          "127.0.0.0/8", "a loopback",
          "169.254.0.0/16", "a link-local",
          "172.16.0.0/12", "a private",
          "192.0.0.0/24", "a reserved",
          "192.0.2.0/24", "a documentation",
          "192.88.99.0/24", "a reserved",
          "192.168.0.0/16", "a private",
          "198.18.0.0/15", "a benchmarking",
          "198.51.100.0/24", "a documentation",
          "203.0.113.0/24", "a documentation",
          "224.0.0.0/4", "a multicast",
          "240.0.0.0/4", "a reserved");

  private static final Map<String, String> SPECIAL_IPV6 =
      ordered(
          "::/128", "an unspecified",
          "::1/128", "a loopback",
          "::/96", "an IPv4-compatible",
          "::ffff:0:0/96", "an IPv4-mapped",
          "::ffff:0:0:0/96", "an IPv4-translated",
          "64:ff9b::/96", "a NAT64",
          "64:ff9b:1::/48", "a NAT64",
          "2001::/32", "a Teredo",
          "2001::/23", "a reserved",
          "2001:db8::/32", "a documentation",
          "2002::/16", "a 6to4",
          "3fff::/20", "a documentation",
          "fc00::/7", "a private",
          "fe80::/10", "a link-local",
          "fec0::/10", "a site-local",
          "ff00::/8", "a multicast");

  private static final Map<IpSubnetFilterRule, String> IPV4 = rules(SPECIAL_IPV4);
  private static final Map<IpSubnetFilterRule, String> IPV6 = rules(SPECIAL_IPV6);
  private static final IpSubnetFilterRule GLOBAL_IPV6 = rule("2000::/3");

  private final List<IpSubnetFilterRule> networks;
  private final List<String> hosts;

  private Addresses(List<IpSubnetFilterRule> networks, List<String> hosts) {
    this.networks = networks;
    this.hosts = hosts;
  }

  /**
   * With these exceptions.
   *
   * @param allowed networks such as {@code 10.0.0.0/8}, addresses and names. Throws {@link
   *     IllegalArgumentException}
   */
  static Addresses allowing(List<String> allowed) {
    Predicate<String> isName = text -> !text.contains("/") && !isAddress(text);
    return new Addresses(
        allowed.stream().filter(isName.negate()).map(Addresses::rule).toList(),
        allowed.stream().filter(isName).map(Addresses::name).toList());
  }

  /** Null where it may be reached; else what kind of address it is: "a private address". */
  String refusal(String host, InetAddress address) {
    if (hosts.contains(host) || isWithin(networks, address)) return null;
    String kind = special(address);
    return kind == null ? null : kind + " address";
  }

  /**
   * The address that a text is, in the form that it has there: what InetAddress makes of it would
   * hide that an IPv6 address has an IPv4 one in it.
   */
  static InetAddress literal(String text) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    try {
      return bytes.length == 4
          ? InetAddress.getByAddress(bytes)
          : Inet6Address.getByAddress(null, bytes, -1);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("has no valid address", e);
    }
  }

  private static String special(InetAddress address) {
    boolean ipv4 = address instanceof Inet4Address;
    InetSocketAddress socket = new InetSocketAddress(address, 0);
    for (Map.Entry<IpSubnetFilterRule, String> special : (ipv4 ? IPV4 : IPV6).entrySet()) {
      if (special.getKey().matches(socket)) return special.getValue();
    }
    return ipv4 || GLOBAL_IPV6.matches(socket) ? null : "a reserved";
  }

  private static boolean isWithin(List<IpSubnetFilterRule> networks, InetAddress address) {
    InetSocketAddress socket = new InetSocketAddress(address, 0);
    return networks.stream().anyMatch(network -> network.matches(socket));
  }

  private static boolean isAddress(String text) {
    return NetUtil.isValidIpV4Address(text) || NetUtil.isValidIpV6Address(text);
  }

  private static IpSubnetFilterRule rule(String network) {
    String[] parts = network.split("/", 2);
    int most = NetUtil.isValidIpV4Address(parts[0]) ? 32 : 128;
    int prefix = parts.length == 1 ? most : number(parts[1]);
    if (!isAddress(parts[0]) || prefix < 0 || prefix > most) {
      throw new IllegalArgumentException("\"" + network + "\" is not a network such as 10.0.0.0/8");
    }
    return new IpSubnetFilterRule(literal(parts[0]), prefix, IpFilterRuleType.ACCEPT);
  }

  private static int number(String text) {
    return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : -1;
  }

  private static String name(String text) {
    if (text.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")) {
      return text.toLowerCase(Locale.ROOT);
    }
    throw new IllegalArgumentException(
        "\"" + text + "\" is neither a network such as 10.0.0.0/8 nor the name of a host");
  }

  private static Map<IpSubnetFilterRule, String> rules(Map<String, String> networks) {
    Map<IpSubnetFilterRule, String> rules = new LinkedHashMap<>();
    networks.forEach((network, kind) -> rules.put(rule(network), kind));
    return rules;
  }

  private static Map<String, String> ordered(String... pairs) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) map.put(pairs[i], pairs[i + 1]);
    return map;
  }
}
