package dev.sluice.outward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.outward.Toys.ToyNames;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where nothing of ours must lead, however it is spelt. */
class LocatorTest {
  private static final String PUBLIC = "93.184.216.34";

  private final ToyNames names =
      new ToyNames()
          .with("example.com", PUBLIC)
          .with("six.example.com", "2606:2800:220:1:248:1893:25c8:1946")
          .with("both.example.com", "2606:2800:220:1:248:1893:25c8:1946", PUBLIC)
          .with("intranet.example.com", "10.1.2.3")
          .with("mixed.example.com", PUBLIC, "127.0.0.1")
          .with("metadata.example.com", "169.254.169.254")
          .with("mapped.example.com", "::ffff:127.0.0.1")
          .with("empty.example.com")
          .with("localhost", "127.0.0.1", "::1");

  private Destination locate(Reach reach, String url) {
    var found = new Locator(reach, names).locate(url);
    if (found.succeeded()) return found.result();
    throw assertInstanceOf(Unfit.class, found.cause());
  }

  private static Reach strict() {
    Reach usual = Toys.reach();
    return new Reach(false, List.of(), "", usual.connectTimeout(), usual.timeout());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // every kind of address that is not everybody's
        "https://127.0.0.1/",
        "https://127.255.255.254/",
        "https://0.0.0.0/",
        "https://0.1.2.3/",
        "https://10.0.0.1/",
        "https://10.255.255.255/",
        "https://172.16.0.1/",
        "https://172.31.255.255/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://169.254.0.1/",
        "https://100.64.0.1/",
        "https://100.127.255.255/",
        "https://192.0.0.8/",
        "https://192.0.2.1/",
        "https://198.51.100.7/",
        "https://203.0.113.9/",
        "https://198.18.0.1/",
        "https://198.19.255.255/",
        "https://192.88.99.1/",
        "https://224.0.0.1/",
        "https://239.255.255.250/",
        "https://240.0.0.1/",
        "https://255.255.255.255/",
        "https://[::]/",
        "https://[::1]/",
        "https://[0:0:0:0:0:0:0:1]/",
        "https://[0000:0000:0000:0000:0000:0000:0000:0001]/",
        "https://[fe80::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[febf::1]/",
        "https://[fec0::1]/",
        "https://[fc00::1]/",
        "https://[fd00:ec2::254]/",
        "https://[ff02::1]/",
        "https://[2001:db8::1]/",
        "https://[3fff::1]/",
        "https://[100::1]/",
        "https://[5f00::1]/",
        "https://[4000::1]/",
        // IPv4 in IPv6
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[::FFFF:10.0.0.1]/",
        "https://[0:0:0:0:0:ffff:169.254.169.254]/",
        "https://[::ffff:8.8.8.8]/",
        "https://[::127.0.0.1]/",
        "https://[::7f00:1]/",
        "https://[::8.8.8.8]/",
        "https://[::ffff:0:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[64:ff9b::127.0.0.1]/",
        "https://[64:ff9b:1::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[2002:a00:1::1]/",
        "https://[2001:0:53aa:64c:0:fbff:80ff:fffe]/",
        "https://[2001::1]/",
        // IPv4 as inet_aton and browsers read it
        "https://2130706433/",
        "https://017700000001/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0x7f.0.0.1/",
        "https://0X7F.0.0.1/",
        "https://0x7f.0x0.0x0.0x1/",
        "https://0177.0.0.1/",
        "https://0177.0.0.01/",
        "https://127.1/",
        "https://127.0.1/",
        "https://0/",
        "https://0x/",
        "https://0x0/",
        "https://010.0.0.1/",
        "https://127.0.0.01/",
        "https://3232235777/",
        "https://0xA9FEA9FE/",
        "https://169.254.43518/",
        "https://169.16689662/",
        "https://127.0.0.1./",
        "https://1.2.3/",
        "https://256.0.0.1/",
        "https://127.0.0.1.5/",
        "https://127.0.0.0x1/",
        "https://8.8.8.08/",
        "https://example.com.1/",
        // other digits and dots
        "https://１２７.０.０.１/",
        "https://127。0。0。1/",
        "https://ⓛocalhost/",
        "https://%31%32%37.0.0.1/",
        "https://127%2e0.0.1/",
        // who somebody is, and where a URL ends
        "https://example.com@127.0.0.1/",
        "https://127.0.0.1@example.com/",
        "https://user:password@example.com/",
        "https://@example.com/",
        "https://example.com\\@127.0.0.1/",
        "https://127.0.0.1\\example.com/",
        "https://example.com#@127.0.0.1/",
        "https://example.com/#fragment",
        "https://127.0.0.1:443\\@example.com/",
        // names
        "https://localhost/",
        "https://LOCALHOST/",
        "https://intranet.example.com/",
        "https://mixed.example.com/",
        "https://metadata.example.com/",
        "https://mapped.example.com/",
        "https://unknown.example.com/",
        "https://empty.example.com/",
        "https://example.com./",
        "https://exa_mple.com/",
        "https://-example.com/",
        "https://.example.com/",
        "https://example..com/",
        // other schemes and forms
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/",
        "jar:https://example.com/",
        "https:example.com",
        "https:/example.com",
        "https://",
        "https:///path",
        "//example.com/",
        "example.com",
        "",
        " https://example.com/",
        "https://example.com/ ",
        "https://example.com/a b",
        "https://example.com/\r\nX: y",
        "https://example.com/\t",
        "https://example.com/é",
        "https://[::1/",
        "https://::1/",
        "https://[example.com]/",
        "https://[127.0.0.1]/",
        "https://[::1]x/",
        "https://[v1.x]/",
        // ports of other protocols
        "https://example.com:22/",
        "https://example.com:25/",
        "https://example.com:0/",
        "https://example.com:1023/",
        "https://example.com:65536/",
        "https://example.com:443:22/",
        "https://example.com:-1/",
        "https://example.com:99999999999/",
        "https://example.com:x/",
      })
  void leadsNowhere(String url) {
    Unfit refused = assertThrows(Unfit.class, () -> locate(strict(), url));
    assertTrue(refused.getMessage().length() > 10, refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "https://example.com, example.com, 443, /",
    "HTTPS://EXAMPLE.com/Hook?a=b&c=%20d, example.com, 443, /Hook?a=b&c=%20d",
    "https://example.com:8443/x, example.com:8443, 8443, /x",
    "https://example.com:443/x, example.com, 443, /x",
    "https://example.com:/x, example.com, 443, /x",
    "https://six.example.com?x, six.example.com, 443, /?x",
    "https://both.example.com/, both.example.com, 443, /",
    "https://93.184.216.34/, 93.184.216.34, 443, /",
    "https://[2606:2800:220:1:248:1893:25c8:1946]:1024/, "
        + "[2606:2800:220:1:248:1893:25c8:1946]:1024, 1024, /",
    "https://example.com/..//x, example.com, 443, /..//x",
  })
  void leadsSomewhere(String url, String authority, int port, String target) {
    Destination found = locate(strict(), url);
    assertEquals(authority, found.endpoint().authority());
    assertEquals(port, found.endpoint().port());
    assertEquals(target, found.endpoint().target());
  }

  @Test
  void aUrlOfTwoThousandCharactersIsLongEnough() {
    String url = "https://example.com/" + "x".repeat(1980);
    assertEquals(2000, url.length());
    locate(strict(), url);
    assertThrows(Unfit.class, () -> locate(strict(), url + "x"));
  }

  @Test
  void noNameIsAskedForWhereTheHostIsAnAddress() {
    assertThrows(Unfit.class, () -> locate(strict(), "https://127.0.0.1/"));
    assertThrows(Unfit.class, () -> locate(strict(), "https://0x7f.1/"));
    locate(strict(), "https://93.184.216.34/");
    assertEquals(List.of(), names.asked);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, http://127.0.0.1:9000/",
    "127.0.0.0/8, http://127.9.9.9/",
    "10.0.0.0/8, https://intranet.example.com/",
    "intranet.example.com, https://intranet.example.com/",
    "Intranet.Example.COM, https://INTRANET.example.com/",
    "::1, https://[::1]/",
    "fd00::/8, https://[fd00::1]/",
    "127.0.0.1, https://mixed.example.com/",
  })
  void whatIsAllowedIs(String allowed, String url) {
    locate(Toys.reach(allowed), url);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, http://127.0.0.1/",
    "127.0.0.0/8, http://[::ffff:127.0.0.1]/",
    "127.0.0.0/8, http://2130706433/",
    "127.0.0.1, http://localhost/", // which is ::1, too
    "example.com, https://intranet.example.com/",
    "ntranet.example.com, https://intranet.example.com/",
    "127.0.0.1, http://127.0.0.2/",
  })
  void whatIsNotAllowedIsNot(String allowed, String url) {
    assertThrows(Unfit.class, () -> locate(Toys.reach(allowed), url));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/33", "10.0.0/8", "x/8", "10.0.0.0/", "*", "", "a b", "::/129"})
  void whatIsNeitherANetworkNorAHostIsNotAllowed(String allowed) {
    assertThrows(IllegalArgumentException.class, () -> Addresses.allowing(List.of(allowed)));
  }

  /** As a resolver of Java's would give it: a mapped address is an IPv4 one then. */
  @Test
  void whatJavaMakesOfAMappedAddressIsRefusedToo() throws UnknownHostException {
    byte[] mapped = new byte[16];
    mapped[10] = mapped[11] = (byte) 0xff;
    mapped[12] = 127;
    mapped[15] = 1;
    Addresses none = Addresses.allowing(List.of());
    assertEquals("a loopback address", none.refusal("x.example", InetAddress.getByAddress(mapped)));
    assertNull(none.refusal("x.example", InetAddress.getByName("8.8.8.8")));
  }
}
