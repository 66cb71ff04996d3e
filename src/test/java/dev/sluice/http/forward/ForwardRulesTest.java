package dev.sluice.http.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http.forward.Fields.Way;
import dev.sluice.http.forward.RouteSettings.Forwarded;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
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

  @ParameterizedTest
  @CsvSource({
    "/o/%61dmin, /o/admin",
    "/%6F/%7Ea%2D%2e%5F0, /o/~a-._0",
    "/o/a%2Fb%40%25%20, /o/a%2Fb%40%25%20",
    "/o/%2561dmin, /o/%2561dmin",
    "/o//a;b, /o//a;b",
    "/o/%zz%6, /o/%zz%6"
  })
  void whatNeedsNoEncodingIsReadDecoded(String path, String normal) {
    assertEquals(normal, Spelling.normal(path));
  }

  @ParameterizedTest
  @CsvSource({
    "/o//admin, /o/admin",
    "//o///admin/, /o/admin/",
    "/o/admin;a=b, /o/admin",
    "/o;a/;b/admin;c=d;e/x, /o/admin/x",
    "/o/admin%3Ba, /o/admin",
    "/o%2fadmin, /o/admin",
    "/o/%5cadmin, /o/admin",
    "/o/%61%40%c3, /o/a@\u00c3",
    "/o/%2561dmin, /o/%61dmin",
    "/o/%zz, /o/%zz"
  })
  void serversMayReadEvenMoreAsTheSame(String path, String loosest) {
    assertFalse(Spelling.isPlain(path));
    assertEquals(loosest, Spelling.loosest(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/o/admin", "/o/a.b@c:d/", "*"})
  void aPlainPathIsNotCopied(String path) {
    assertTrue(Spelling.isPlain(path));
    assertSame(path, Spelling.normal(path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/o%61/**", "/o;a/**", "/o/../a/**", "/./**", "/\u00e4/**", "/a b/**", "/a\\/**"})
  void aRouteIsWrittenInTheOneWayThatIsLookedFor(String path) {
    assertThrows(IllegalArgumentException.class, () -> route(path));
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
        "/o/..%3bx/a",
        "/o/.%2E%3B/a",
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
    "/o, /o/a;b//c?d=/../%zz, /a;b//c?d=/../%zz",
    "/o, http://x/o/a?b, /a?b",
    "/o, HTTPS://x:80/o, /",
    "/o, http://x/o?b=://, /?b=://",
    "'', http://x, /",
    "'', http://x?b, /?b",
    "/o, /o//a, //a",
    "/o, /%6f/%61, /%61",
    "/o, /%6F, /",
    "/o, /%6f?b, /?b",
    "/o, http://x/%6f/a, /a",
    "/o, /%6F/%2561, /%2561"
  })
  void theTargetIsWhatTheClientWroteWithoutItsPrefix(String strip, String uri, String target) {
    assertEquals(target, route(r -> r.strip = strip).target(uri));
  }

  @ParameterizedTest
  @CsvSource({
    "http://x/o, x",
    "https://x:80, x:80",
    "http://[::1]:1?a, [::1]:1",
    "/o?a=http://x/, ",
    "*, "
  })
  void aWholeUrlNamesItsHost(String uri, String host) {
    assertEquals(host, Target.host(uri));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/o/%", "/o/%2", "/o/%zz", "/o/a%2/b", "/o/%00", "/o/%25%0"})
  void percentSignsThatEncodeNothingAreMalformed(String path) {
    assertTrue(Prefixes.isMalformed(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/o/%2fa", "/o/%25zz", "/o/%0a", "/o/%e4%B8%AD", "/o/a;b", "/o/%01"})
  void othersAreNot(String path) {
    assertFalse(Prefixes.isMalformed(path));
  }

  @ParameterizedTest
  @CsvSource({
    "3, 2",
    "0, 0",
    "007, 6",
    "000000000001, 0",
    "999999999, 999999998",
    "1000000000, 999999999",
    "99999999999999999999, 999999999",
    "x, x",
    "-1, -1",
    "+1, +1",
    "3.5, 3.5",
    "'1, 2', '1, 2'",
    "'', ''"
  })
  void everyHopTakesOneFromMaxForwards(String given, String sent) {
    MultiMap to = MultiMap.caseInsensitiveMultiMap();
    Fields.ofRequest(fields("Max-Forwards", given), to, way(false));
    assertEquals(sent, to.get("max-forwards"));
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
    Fields.ofResponse(from, to, route("/**"), false);
    assertEquals(List.of("a=1", "b=2"), to.getAll("set-cookie"));
    assertFalse(to.contains("connection"));
    assertFalse(to.contains("x-its"));
    assertFalse(to.contains("x-also"));
  }

  @Test
  void aRouteChangesFieldsAsItSays() {
    HeaderRules rules =
        new HeaderRules(
            Map.of("X-Env", "prod", "Via", "none"), Map.of("X-More", "2"), List.of("Cookie"));
    MultiMap from = fields("Cookie", "a=1").add("X-More", "1").add("x-env", "theirs");
    MultiMap to = MultiMap.caseInsensitiveMultiMap();
    Fields.ofRequest(from, to, way(false, route(r -> r.rules = rules)));
    assertFalse(to.contains("cookie"));
    assertEquals(List.of("prod"), to.getAll("x-env"));
    assertEquals(List.of("1", "2"), to.getAll("x-more"));
    assertEquals("none", to.get("via"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Auth-User", "x_auth_user", "X-Auth_User", "X_Auth-User"})
  void nobodySaysInAnotherSpellingWhoCalls(String spelling) {
    HeaderRules rules = new HeaderRules(Map.of("X-Auth-User", "{user}"), null, null);
    for (String user : new String[] {"me", null}) {
      MultiMap to = fields(spelling, "admin").add("X-Auth-User", "admin");
      rules.apply(to, user);
      assertEquals(user == null ? List.of() : List.of("me"), to.getAll("X-Auth-User"));
      assertEquals(user == null ? 0 : 1, to.size());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length", "transfer-encoding", "Host", "Connection", "a b", ""})
  void whatFramesAMessageIsNotARoutesToChange(String name) {
    assertThrows(
        IllegalArgumentException.class, () -> new HeaderRules(Map.of(name, "1"), null, null));
    assertThrows(IllegalArgumentException.class, () -> new HeaderRules(null, null, List.of(name)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nb: c", "a\nb", "a\0b"})
  void aValueWithAControlCharacterIsRefused(String value) {
    assertThrows(
        IllegalArgumentException.class, () -> new HeaderRules(Map.of("a", value), null, null));
  }

  @Test
  void theStandardFieldTellsTheWay() {
    MultiMap from = fields("Forwarded", "for=6.6.6.6");
    MultiMap to = MultiMap.caseInsensitiveMultiMap();
    Fields.ofRequest(from, to, way(true, route(r -> r.forwarded = Forwarded.STANDARD)));
    assertEquals("for=6.6.6.6, for=10.0.0.1;host=\"example.org\";proto=http", to.get("forwarded"));
    assertFalse(to.contains("x-forwarded-for"));
  }

  @Test
  void whatIsStrippedIsTold() {
    MultiMap to = MultiMap.caseInsensitiveMultiMap();
    Fields.ofRequest(fields("A", "1"), to, way(false, route(r -> r.strip = "/o")));
    assertEquals("/o", to.get("x-forwarded-prefix"));
  }

  @ParameterizedTest
  @CsvSource({
    "/o, '', http://up:9000/a?b, /o/a?b",
    "/o, '', http://up:9000, /o/",
    "/o, /v2, http://up:9000/v2/a, /o/a",
    "/o, /v2, http://up:9000/v3/a, http://up:9000/v3/a",
    "/o, '', http://up:90001/a, http://up:90001/a",
    "/o, '', https://other/a, https://other/a",
    "/o, '', /a, /a",
  })
  void aRedirectionToTheUpstreamIsOneToTheRoute(
      String strip, String add, String location, String told) {
    RouteSettings route =
        route(
            r -> {
              r.strip = strip;
              r.add = add;
            });
    assertEquals(told, route.location(location, "up:9000"));
  }

  @Test
  void aPrefixTakesThePlaceOfAnother() {
    RouteSettings route =
        route(
            r -> {
              r.strip = "/o";
              r.add = "/v2";
            });
    assertEquals("/v2/a?b", route.target("/o/a?b"));
    assertEquals("/v2/", route.target("/o"));
  }

  /** The parts of a route that tests change. */
  private static final class Draft {
    String path = "/o/**";
    String strip;
    String add;
    HeaderRules rules;
    Forwarded forwarded;
  }

  private static RouteSettings route(Consumer<Draft> change) {
    Draft d = new Draft();
    change.accept(d);
    return new RouteSettings(
        d.path,
        "u",
        d.strip,
        d.add,
        d.rules,
        d.rules,
        d.forwarded,
        null,
        null,
        null,
        null,
        false,
        null);
  }

  private static RouteSettings route(String path) {
    return route(d -> d.path = path);
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
    return way(trusted, route("/**"));
  }

  private static Way way(boolean trusted, RouteSettings route) {
    return way(trusted, route, null);
  }

  private static Way way(boolean trusted, String certificate) {
    return way(trusted, route("/**"), certificate);
  }

  private static Way way(boolean trusted, RouteSettings route, String certificate) {
    String trace = "00-a-b-00";
    return new Way(
        route, "10.0.0.1", trusted, "http", "example.org", "1.1", null, certificate, "ours", trace);
  }
}
