package dev.sluice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7",
    "::ffff:192.0.2.7, 192.0.2.7",
    "::FFFF:c000:0207, 192.0.2.7",
    "2001:db8:1:2:3:4:5:6, 20010db800010002::/64",
    "2001:DB8:1:2::, 20010db800010002::/64",
    "2001:db8:1:3::, 20010db800010003::/64",
    "::1, 0000000000000000::/64",
    "fe80::1%eth0, fe80000000000000::/64",
    "'', ''",
    "somewhere, somewhere",
  })
  void aClientIsOneAddressOrOneNetwork(String address, String client) {
    assertEquals(client, Network.of(address));
  }
}
