package dev.sluice.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.call.Params;
import dev.sluice.conf.Document;
import dev.sluice.conf.InvalidConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Documents of the user's own: their defaults, their upstreams, and what is refused of them. */
class OwnDocumentTest {
  private static final Known KNOWN =
      new Known(
          Set.of("default", "login"),
          Set.of("books", "github"),
          true,
          true,
          Map.of("KEY", "se{cr}et", "BREAK", "a\r\nb"));

  private static final String DEFAULTS =
      """
      x-sluice:
        prefix: /shop
        upstream: { name: books, prefix: /v1, headers: { X-Key: "${KEY}", x-two: "2" } }
        limit: login
        cache: { strategy: stale-while-revalidate, ttl: 1m, maxAge: 10m, tags: [all] }
        invalidates: [all]
      """;

  private static final String ID =
      "parameters: [{ name: id, in: path, required: true, schema: { type: string } }]";

  @Test
  void callsAreKeptWhereThereIsRoomForThem() {
    String document =
        """
        x-sluice: { upstream: books, idempotency: optional, async: true, ordered: true }
        paths:
          /x:
            get: { operationId: read }
            post: { operationId: write }
        """;
    Contract contract =
        Contract.of(
            List.of(Source.own("a", Document.parse("a.yaml", "openapi: 3.1.0\n" + document))),
            KNOWN);
    assertNull(contract.operation("read").policy().idempotency());
    assertFalse(contract.operation("read").policy().async());
    assertEquals(Policy.Repeats.OPTIONAL, contract.operation("write").policy().idempotency());
    assertTrue(contract.operation("write").policy().ordered());
    JsonNode shown = contract.published().at("/paths/~1x/post/parameters");
    assertEquals("Idempotency-Key", shown.at("/0/name").asText());
    assertFalse(shown.at("/0/required").asBoolean());
    assertEquals("Prefer", shown.at("/1/name").asText());
    assertTrue(contract.published().at("/paths/~1x/get/parameters").isMissingNode());
    Known nowhere = new Known(KNOWN.limits(), KNOWN.upstreams(), true, false, KNOWN.environment());
    Source source = Source.own("a", Document.parse("a.yaml", "openapi: 3.1.0\n" + document));
    String mistakes =
        assertThrows(InvalidConfiguration.class, () -> Contract.of(List.of(source), nowhere))
            .getMessage();
    assertEquals(
        "a.yaml:2: calls are kept nowhere; add traffic to apps",
        mistakes.lines().findFirst().get());
  }

  @Test
  void whatTheDocumentSaysIsTheDefaultOfItsOperations() {
    Operation read = one(DEFAULTS + get("/x/{id}", ID + "\nx-sluice: { cache: { ttl: 2m } }"));
    assertEquals("/shop/x/{id}", read.path());
    assertEquals("own0", read.app());
    assertEquals("login", read.policy().limit());
    assertEquals(Duration.ofMinutes(2), read.policy().cache().ttl());
    assertEquals(Duration.ofMinutes(10), read.policy().cache().maxAge());
    assertEquals(List.of(), read.policy().invalidates());
    assertEquals("books", read.relay().upstream());
    assertEquals("GET", read.relay().method());
    assertEquals("/v1/x/a", read.relay().path().fill(Params.of(Map.of("id", "a")), v -> "" + v));
    assertTrue(read.relay().repeatable());
    Operation write = one(DEFAULTS + get("/x", "").replace("get:", "post:"));
    assertNull(write.policy().cache());
    assertEquals(List.of("all"), write.policy().invalidates());
    assertFalse(write.relay().repeatable());
    assertNull(one(DEFAULTS + get("/x", "x-sluice: { cache: none }")).policy().cache());
  }

  @Test
  void anOperationsUpstreamIsLaidOverTheDocuments() {
    String own = "x-sluice: { upstream: { path: /y, headers: { x-two: \"\" }, retry: false } }";
    Relay relay = one(DEFAULTS + get("/x", own)).relay();
    assertEquals("/v1/y", relay.path().toString());
    assertTrue(relay.headers().get("x-two").isEmpty());
    assertEquals("se{cr}et", relay.headers().get("x-key").fill(Params.NONE, v -> ""));
    assertFalse(relay.toString().contains("se{cr}et"), "a secret is nobody's to see");
    assertFalse(relay.repeatable());
    assertEquals(
        "github", one(DEFAULTS + get("/x", "x-sluice: { upstream: github }")).relay().upstream());
  }

  @Test
  void aHeaderThatIsPassedOnIsAParameter() {
    Operation operation =
        one(get("/x", "x-sluice: { upstream: { name: books, forwardHeaders: [X-A, X-B] } }"));
    assertEquals(List.of("x-a", "x-b"), operation.fields());
  }

  @Test
  void aParameterIsNotTakenForTheCaller() {
    String headers = "x-sluice: { auth: %s, upstream: { name: books, headers: { a: '{user}' } } }";
    String user = "\nparameters: [{ name: user, in: query, schema: { type: string } }]";
    String mistake = mistake(get("/x", headers.formatted("required") + user));
    assertTrue(mistake.contains("rename the parameter"), mistake);
    assertTrue(one(get("/x", headers.formatted("none") + user)).relay().placed().contains("user"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "summary: s|own0.yaml:4: x has no upstream; say which: x-sluice: { upstream: name }",
        "x-sluice: { upstream: githb }|:6: there is no upstream \"githb\"; did you mean \"github\"?",
        "x-sluice: { upstream: { nam: books } }|:6: unknown key \"nam\"; did you mean \"name\"?",
        "x-sluice: { upstream: { path: /y } }|:6: upstream: the upstream's name is missing",
        "x-sluice: { upstream: { name: books, path: y } }|:6: path must begin with /",
        "x-sluice: { upstream: { name: books, path: \"/y?z=1\" } }|:6: path must begin with /",
        "x-sluice: { upstream: { name: books, path: \"/{ib}\" } }|:6: there is no parameter \"ib\"",
        "x-sluice: { upstream: { name: books, path: \"/{q}\" } }|:6: path needs q: make it required",
        "x-sluice: { upstream: { name: books, path: \"/a/../b\" } }|:6: path has dot segments",
        "x-sluice: { upstream: { name: books, path: \"/${KEY}\" } }|:6: path takes parameters alone",
        "x-sluice: { upstream: { name: books, prefix: v1 } }|:6: prefix must be one such as /v1",
        "x-sluice: { upstream: { name: books, query: { a: \"{qq}\" } } }|:6: there is no parameter",
        "x-sluice: { upstream: { name: books, query: { a: 1 } } }|:6: a: 1 is not text; put it in quotes",
        "x-sluice: { upstream: { name: books, headers: { Host: a } } }|:6: host is Sluice's own",
        "x-sluice: { upstream: { name: books, headers: { \"a b\": c } } }|:6: \"a b\" is no name",
        "x-sluice: { upstream: { name: books, headers: { a: \"${BREAK}\" } } }|:6: the value has characters",
        "x-sluice: { upstream: { name: books, headers: { a: \"${NO_SUCH}\" } } }|:6: ${NO_SUCH} is not set",
        "x-sluice: { upstream: { name: books, forwardHeaders: [te] } }|:6: te is Sluice's own",
        "x-sluice: { upstream: { name: books, forwardHeaders: [authorization] } }|auth: passthrough",
        "x-sluice: { upstream: { name: books, headers: { x-user: '{user}' } } }|it needs auth: required",
        "x-sluice: { auth: required, upstream: { name: books, query: { u: '{user}' } } }|in headers alone",
        "x-sluice: { auth: required, upstream: { name: books, headers: { x-user: '{user}' } },"
            + " cache: { ttl: 1m, scope: public } }|what others get too",
        "x-sluice: { upstream: { name: books, forwardHeaders: [q] } }|:6: there is a parameter q",
        "x-sluice: { upstream: { name: books, forwardHeaders: [cookie] }, cache: { ttl: 1m } }|a cookie",
        "x-sluice: { upstream: { name: books, responseHeaders: [set-cookie] }, cache: { ttl: 1m } }|a cookie",
        "x-sluice: { upstream: { name: books, method: HEAD } }|:6: method: \"HEAD\" is not valid",
        "x-sluice: books|:6: x-sluice must hold keys and values",
      })
  void aMistakeIsNamedWithItsLine(String keys, String expected) {
    String query = "\nparameters: [{ name: q, in: query, schema: { type: string } }]";
    String mistake = mistake(get("/x", keys + query));
    assertTrue(mistake.contains(expected), mistake);
    assertTrue(mistake.startsWith("own0.yaml:"), mistake);
    assertFalse(mistake.contains("se{cr}et"), mistake);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x-sluice: { prefix: shop, upstream: books }|own0.yaml:2: prefix must be one such as /shop",
        "x-sluice: { upstream: boks }|own0.yaml:2: there is no upstream \"boks\"",
        "x-slucie: { upstream: books }|own0.yaml:2: unknown key \"x-slucie\"; did you mean",
        "pahts: {}|own0.yaml:2: unknown key \"pahts\"; did you mean \"paths\"?",
        "x-sluice: { upstream: books, cache: { ttl: 1m, tags: [\"a:{b}\"] } }|:2: there is no parameter",
      })
  void aMistakeAtTheTopIsNamedThere(String top, String expected) {
    String mistake = mistake(top + "\n" + get("/x", "summary: s"));
    assertTrue(mistake.contains(expected), mistake);
  }

  @Test
  void everyMistakeIsToldAtOnceEvenBesideADanglingReference() {
    String mistakes =
        mistake(
            get(
                    "/x",
                    "x-sluice: { limt: a, prority: high, upstream: boks, timeout: fast }\nsumary: s")
                + "  /y:\n    x-sluice: {}\n    get: { operationId: y, parameters: [{ $ref: \"#/no\" }] }\n"
                + "    post: { summary: s }\n");
    for (String expected :
        List.of(
            "own0.yaml:6: unknown key \"limt\"",
            "own0.yaml:6: unknown key \"prority\"",
            "own0.yaml:6: timeout: ",
            "own0.yaml:6: there is no upstream \"boks\"",
            "own0.yaml:7: unknown key \"sumary\"",
            "own0.yaml:9: x-sluice stands at an operation, or at the top",
            "own0.yaml:10: $ref #/no points to nothing",
            "own0.yaml:10: y has no upstream",
            "own0.yaml:11: the operation needs an operationId")) {
      assertTrue(mistakes.contains(expected), expected + " in\n" + mistakes);
    }
    assertEquals(9, mistakes.lines().count(), mistakes);
  }

  @Test
  void oneNameInTwoPlacesIsRefused() {
    String twice =
        "parameters: [{ name: id, in: path, required: true, schema: { type: string } },"
            + " { name: id, in: query }]\nx-sluice: { upstream: books }";
    String mistake = mistake(get("/x/{id}", twice));
    assertEquals("own0.yaml:4: parameter id is in path and in query; rename one", mistake);
  }

  @Test
  void documentsMayNotDeclareTheSameTwice() {
    String one = get("/x", "x-sluice: { upstream: books }");
    String mistakes = mistake(one, one);
    assertTrue(
        mistakes.contains("own1.yaml:4: operationId x is already declared at own0.yaml:4"),
        mistakes);
    assertTrue(mistakes.contains("GET /x is already declared at own0.yaml:4"), mistakes);
    String below = "x-sluice: { prefix: /b }\n" + one.replace("operationId: x", "operationId: y");
    assertEquals(2, of(one, below).operations().size());
  }

  @Test
  void aNameOfAnotherDocumentsIsPublishedUnderOnesOwn() {
    String more =
        """
        responses: { "200": { description: d, content: { text/event-stream: {}, application/json:
            { schema: { $ref: "#/components/schemas/User" } } } } }
        x-sluice: { upstream: books }
        """;
    String parts =
        """
        security: [{ key: [] }]
        servers: [{ url: "https://api.example.com/v1" }]
        components:
          securitySchemes: { key: { type: apiKey, in: header, name: x-%s } }
          schemas:
            User: { type: object, title: "%s", properties: { f: { $ref: "#/components/schemas/User" } } }
        """;
    String second = "x-sluice: { prefix: /b }\n" + get("/x", more).replace("Id: x", "Id: y");
    JsonNode all =
        of(get("/x", more) + parts.formatted("a", "a"), second + parts.formatted("b", "b"))
            .published();
    String schema = "/get/responses/200/content/application~1json/schema/$ref";
    assertEquals("#/components/schemas/User", all.at("/paths/~1x" + schema).asText());
    assertEquals("#/components/schemas/own1.User", all.at("/paths/~1b~1x" + schema).asText());
    JsonNode schemas = all.at("/components/schemas");
    assertEquals("b", schemas.at("/own1.User/title").asText());
    assertEquals(
        "#/components/schemas/own1.User", schemas.at("/own1.User/properties/f/$ref").asText());
    assertTrue(all.at("/paths/~1x/get/security/0").has("key"));
    assertTrue(all.at("/paths/~1b~1x/get/security/0").has("own1.key"));
    assertTrue(all.at("/servers").isMissingNode());
    assertFalse(all.toString().contains("x-sluice"));
  }

  private static Operation one(String document) {
    return of(document).operation("x");
  }

  private static String mistake(String... documents) {
    return assertThrows(InvalidConfiguration.class, () -> of(documents)).getMessage();
  }

  private static Contract of(String... documents) {
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < documents.length; i++) {
      String text = "openapi: 3.1.0\n" + documents[i];
      sources.add(Source.own("own" + i, Document.parse("own" + i + ".yaml", text)));
    }
    return Contract.of(sources, KNOWN);
  }

  private static String get(String path, String more) {
    return Contracts.get(path, more);
  }
}
