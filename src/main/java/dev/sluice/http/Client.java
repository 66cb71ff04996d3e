package dev.sluice.http;

import dev.sluice.call.Network;
import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Whose request it is, by address: the peer's, or the one a trusted proxy names. */
final class Client {
  private final List<IpSubnetFilterRule> trusted;

  Client(List<String> trustedProxies) {
    this.trusted = trustedProxies.stream().map(Client::rule).toList();
  }

  /** Whether every request of a connection comes from the same address: no proxy is trusted. */
  boolean isFixed() {
    return trusted.isEmpty();
  }

  /** The address that limits and logs count by. */
  String address(HttpServerRequest request) {
    SocketAddress peer = request.remoteAddress();
    String address = peer == null || peer.hostAddress() == null ? "" : peer.hostAddress();
    if (trusted.isEmpty() || !isTrusted(address)) return address;
    List<String> lines = request.headers().getAll("X-Forwarded-For");
    if (lines.isEmpty()) return address;
    // A proxy may add a line of its own below the one that the client made up.
    String[] hops = String.join(",", lines).split(",");
    for (int i = hops.length - 1; i >= 0; i--) {
      String hop = hops[i].trim();
      if (!Network.isAddress(hop)) return address;
      address = hop;
      if (!isTrusted(hop)) break;
    }
    return address;
  }

  boolean isTrusted(String address) {
    if (!Network.isAddress(address)) return false;
    try {
      InetSocketAddress socket = new InetSocketAddress(InetAddress.getByName(address), 0);
      return trusted.stream().anyMatch(rule -> rule.matches(socket));
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static IpSubnetFilterRule rule(String cidr) {
    String[] parts = cidr.split("/", 2);
    boolean v4 = NetUtil.isValidIpV4Address(parts[0]);
    if (!Network.isAddress(parts[0])) throw notANetwork(cidr);
    int most = v4 ? 32 : 128;
    int prefix = parts.length == 2 ? number(parts[1]) : most;
    if (prefix < 0 || prefix > most) throw notANetwork(cidr);
    return new IpSubnetFilterRule(parts[0], prefix, IpFilterRuleType.ACCEPT);
  }

  private static int number(String text) {
    return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : -1;
  }

  private static IllegalArgumentException notANetwork(String cidr) {
    return new IllegalArgumentException(
        "trustedProxies: \"" + cidr + "\" is not a network such as 10.0.0.0/8");
  }
}
