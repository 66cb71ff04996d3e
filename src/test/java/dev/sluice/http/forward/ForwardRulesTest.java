package dev.sluice.http.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http.forward.Fields.Way;
import io.vertx.core.MultiMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardRulesTest {
  @ParameterizedTest
  @CsvSource({
    "/o, /o/**",
    "/o/, /o/**",
    "/o/a, /o/**",
    "/o/b, /o/b/**",
    "/o/b/c/d, /o/b/**",
    "/o/bc, /o/**",
    "/other, /**",
    "/, /**",
    "/x/**, /**",
  })
  void theLongestPrefixOfWholeSegmentsWins(String path, String route) {
    Prefixes prefixes = new Prefixes(List.of(route("/o/**"), route("/**"), route("/o/b/**")));
    assertEquals(route, prefixes.match(path).path());
  }

  @Test
  void whatIsBelowNoPrefixHasNoRoute() {
    assertNull(new Prefixes(List.of(route("/o/**"))).match("/ox"));
    assertNull(new Prefixes(List.of(route("/o/**"))).match("*"));
    assertNull(new Prefixes(List.of()).match("/o"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/o/../a",
        "/o/./a",
        "/o/..",
        "/o/%2e%2e/a",
        "/o/.%2E/a",
        "/o/..%2fa",
        "/o/..;x/a",
        "/o/..%5ca"
      })
  void dotSegmentsClimb(String path) {
    assertTrue(Prefixes.climbs(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/o/a.b", "/o/...", "/o/a..b/c", "/o/%2e%2e%2e", "/o//a", "/o/%20", "/"})
  void otherDotsDoNot(String path) {
    assertFalse(Prefixes.climbs(path));
  }

  @ParameterizedTest
  @CsvSource({
    "/o, /o/a?b=c, /a?b=c",
    "/o, /o, /",
    "/o, /o?b, /?b",
    "/o, /o/, /",
    "'', /o/a%2Fb, /o/a%2Fb",
    "/o, /o//a, //a"
  })
  void theTargetIsWhatTheClientWroteWithoutItsPrefix(String strip, String uri, String target) {
    assertEquals(target, new RouteSettings("/o/**", "u", strip, null, null).target(uri));
  }

  @ParameterizedTest
  @ValueSource(strings = {"o/**", "/o", "/o/*", "/o/*/x/**", "/{x}/**", "/o?/**", "/o//x/**"})
  void aPathThatIsNoPrefixIsRefused(String path) {
    assertThrows(IllegalArgumentException.class, () -> route(path));
  }

  @Test
  void whatIsForOneConnectionStaysThere() {
    MultiMap from =
        fields("Connection", "X-Mine, close")
            .add("X-Mine", "1")
            .add("Keep-Alive", "5")
            .add("TE", "gzip")
            .add("Transfer-Encoding", "chunked")
            .add("Upgrade", "websocket")
            .add("Proxy-Authorization", "x")
            .add("Expect", "100-continue")
            .add("Accept", "a")
            .add("Accept", "b");
    MultiMap to = MultiMap.caseInsensitiveMultiMap();
    Fields.ofRequest(from, to, way(false));
    assertEquals(List.of("a", "b"), to.getAll("accept"));
    for (String gone :
        List.of(
            "connection",
            "x-mine",
            "keep-alive",
            "te",
            "transfer-encoding",
            "upgrade",
            "proxy-authorization",
            "expect")) {
      assertFalse(to.contains(gone), gone);
    }
    assertEquals("1.1 Sluice", to.get("via"));
  }

  @Test
  void whatAStrangerSaysOfTheWayIsNotBelieved() {
    MultiMap from =
        fields("X-Forwarded-For", "6.6.6.6")
            .add("X-Forwarded-Proto", "https")
            .add("X-Forwarded-Host", "evil")
            .add("Forwarded", "for=6.6.6.6")
            .add("X-Request-Id", "theirs");
    MultiMap to = MultiMap.caseInsensitiveMultiMap();
    Fields.ofRequest(from, to, way(false));
    assertEquals("10.0.0.1", to.get("x-forwarded-for"));
    assertEquals("http", to.get("x-forwarded-proto"));
    assertEquals("example.org", to.get("x-forwarded-host"));
    assertEquals("ours", to.get("x-request-id"));
    assertFalse(to.contains("forwarded"));
  }

  @Test
  void whatATrustedProxySaysIsPassedOn() {
    MultiMap from =
        fields("X-Forwarded-For", "6.6.6.6")
            .add("X-Forwarded-Proto", "https")
            .add("X-Forwarded-Host", "outside");
    MultiMap to = MultiMap.caseInsensitiveMultiMap();
    Fields.ofRequest(from, to, way(true));
    assertEquals("6.6.6.6, 10.0.0.1", to.get("x-forwarded-for"));
    assertEquals("https", to.get("x-forwarded-proto"));
    assertEquals("outside", to.get("x-forwarded-host"));
  }

  @Test
  void aResponseLosesWhatWasForTheUpstreamsConnection() {
    MultiMap from =
        fields("Connection", "keep-alive")
            .add("Connection", "X-Its,, x-also")
            .add("X-Its", "1")
            .add("X-Also", "1")
            .add("Set-Cookie", "a=1")
            .add("Set-Cookie", "b=2");
    MultiMap to = MultiMap.caseInsensitiveMultiMap();
    Fields.ofResponse(from, to, "1.1");
    assertEquals(List.of("a=1", "b=2"), to.getAll("set-cookie"));
    assertFalse(to.contains("connection"));
    assertFalse(to.contains("x-its"));
    assertFalse(to.contains("x-also"));
  }

  private static RouteSettings route(String path) {
    return new RouteSettings(path, "u", null, null, null);
  }

  private static MultiMap fields(String name, String value) {
    return MultiMap.caseInsensitiveMultiMap().add(name, value);
  }

  @Test
  void aCertificateIsToldOfByTheDoorAlone() {
    MultiMap from = fields("Client-Cert", ":forged:").add("Client-Cert-Chain", ":forged:");
    for (boolean trusted : List.of(false, true)) {
      MultiMap without = MultiMap.caseInsensitiveMultiMap();
      Fields.ofRequest(from, without, way(trusted));
      assertFalse(without.contains("client-cert"));
      assertFalse(without.contains("client-cert-chain"));
      MultiMap with = MultiMap.caseInsensitiveMultiMap();
      Fields.ofRequest(from, with, way(trusted, ":shown:"));
      assertEquals(List.of(":shown:"), with.getAll("client-cert"));
    }
  }

  private static Way way(boolean trusted) {
    return way(trusted, null);
  }

  private static Way way(boolean trusted, String certificate) {
    String trace = "00-a-b-00";
    return new Way("10.0.0.1", trusted, "http", "example.org", "1.1", certificate, "ours", trace);
  }
}
