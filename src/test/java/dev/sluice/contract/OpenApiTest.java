package dev.sluice.contract;

import static dev.sluice.contract.Contracts.get;
import static dev.sluice.contract.Contracts.mistake;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Priority;
import dev.sluice.conf.Document;
import dev.sluice.conf.InvalidConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenApiTest {

  @Test
  void anOperationThatStatesNoPolicyHasTheDefaults() {
    Policy policy = Contracts.operation("/x", "summary: a").policy();
    assertEquals(Access.Auth.NONE, policy.auth());
    assertEquals("default", policy.limit());
    assertEquals(Priority.NORMAL, policy.priority());
    assertNull(policy.cache());
  }

  @Test
  void aPolicyIsReadWhole() {
    Policy policy =
        Contracts.operation(
                "/x/{id}",
                """
                parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
                x-sluice:
                  limit: login
                  priority: high
                  timeout: 3s
                  onDisconnect: finish
                  errors: flat
                  cache: { strategy: stale-while-revalidate, ttl: 5m, maxAge: 10m,
                           staleIfError: 1h, notFoundTtl: 30s, tags: ["x:{id}"] }
                """)
            .policy();
    assertEquals("login", policy.limit());
    assertEquals(Priority.HIGH, policy.priority());
    assertEquals(Duration.ofSeconds(3), policy.timeout());
    assertEquals(Policy.OnDisconnect.FINISH, policy.onDisconnect());
    assertEquals(Policy.ErrorShape.FLAT, policy.errors());
    assertEquals(CachePolicy.Strategy.STALE_WHILE_REVALIDATE, policy.cache().strategy());
    assertEquals(Duration.ofMinutes(70), policy.cache().keep());
    assertTrue(policy.cache().isPublic());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x-sluice: { limit: logn }|a.yaml:6: there is no limit class \"logn\"; did you mean \"login\"?",
        "x-sluice: { limt: login }|a.yaml:6: unknown key \"limt\"; did you mean \"limit\"?",
        "x-sluice: { timeout: 0 }|a.yaml:6: timeout must be above 0",
        "x-sluice: { auth: nobody }|a.yaml:6: auth: \"nobody\" is not valid; valid are none, optional, passthrough, required",
        "x-sluice: { roles: [admin] }|a.yaml:6: roles and permissions need auth: required",
        "x-sluice: { auth: optional, permissions: [a] }|a.yaml:6: roles and permissions need auth",
        "x-sluice: { auth: required, cache: { ttl: 5m } }|a.yaml:6: say whether callers share",
        "x-sluice: { cache: { ttl: 5m, maxAge: 1m } }|a.yaml:6: maxAge is shorter than ttl",
        "x-sluice: { cache: { maxAge: 1m } }|a.yaml:6: cache: ttl must be above 0",
        "x-sluice: { auth: passthrough, cache: { ttl: 5m } }|a.yaml:6: replies made with the caller's own",
        "x-sluice: { cache: { ttl: 5m, scope: user } }|a.yaml:6: cache.scope is user, but auth is none",
        "x-sluice: { cache: { ttl: 5m, tags: [\"c:{chanel}\"] } }|"
            + "a.yaml:6: there is no parameter \"chanel\"",
        "x-sluice: { cache: { ttl: 5m, bypass: [shuffle] } }|a.yaml:6: there is no parameter \"shuffle\"",
        "x-sluice: { invalidates: [\"c:{nope}\"] }|a.yaml:6: there is no parameter \"nope\"",
        "x-sluice: { exactlyOneOf: [a, b] }|a.yaml:6: there is no parameter \"a\"",
        "parameters: [{ $ref: \"#/components/parameters/No\" }]|"
            + "a.yaml:6: $ref #/components/parameters/No points to nothing",
        "parameters: [{ $ref: \"other.yaml#/x\" }]|a.yaml:6: $ref other.yaml#/x leaves the document",
        "parameters: [{ name: id, in: path, schema: {} }]|a.yaml:4: parameter id does not stand in the path",
        "parameters: [{ name: id, in: form }]|a.yaml:6: in: \"form\" is not one of path, query, header",
        "parameters: [{ in: query }]|a.yaml:6: a parameter needs a name",
        "parameters: [{ name: n, in: query, schema: { type: object } }]|a.yaml:6: the schema cannot be used: an object",
        "parameters: [{ name: n, in: query, style: deepObject }]|a.yaml:6: the schema cannot be used: style",
        "parameters: [{ name: n, in: query, schema: { type: [string, integer] } }]|type must be a single one",
        "parameters: [{ name: n, in: query, schema: { type: integer, maximum: 5, default: 9 } }]|"
            + "the default is wrong: 9 is above the maximum 5",
        "responses: { \"200\": { $ref: \"#/components/responses/No\" } }|a.yaml:6: $ref #/components/responses/No",
        "requestBody: { content: {} }|a.yaml:6: a requestBody needs content",
        "x-slice: { limit: login }|a.yaml:6: unknown key \"x-slice\"; did you mean \"x-sluice\"?",
        "sumary: x|a.yaml:6: unknown key \"sumary\"; did you mean \"summary\"?",
        "x-sluice: { cache: { strategy: stale-while-revalidate, ttl: 1m } }|needs a maxAge",
        "x-sluice: { streams: all }|a.yaml:6: streams: \"all\" is not valid; valid are both, reply, request",
        "x-sluice: { streams: reply, cache: { ttl: 5m } }|"
            + "a.yaml:6: x-sluice: what passes as it comes is never stored; take out cache, or streams",
        "x-sluice: { streams: request, cache: { ttl: 5m } }|a.yaml:6: x-sluice: what passes as it comes",
        "x-sluice: { streams: request }|a.yaml:6: there is no requestBody to stream",
        "x-sluice: { idempotency: optional }|a.yaml:6: a GET needs no key to be repeated",
        "x-sluice: { idempotency: yes }|a.yaml:6: idempotency: \"yes\" is not valid; valid are optional, required",
        "x-sluice: { async: true }|a.yaml:6: a GET changes nothing that could be done later",
        "x-sluice: { ordered: true }|a.yaml:6: ordered speaks of calls that wait",
        "x-sluice: { streams: request, idempotency: required }|"
            + "a.yaml:6: x-sluice: what passes as it comes is not kept for later",
        "x-sluice: { streams: reply, async: true }|"
            + "a.yaml:6: x-sluice: what passes as it comes is not kept for later",
        "x-sluice: { door: batch, cache: { ttl: 5m } }|a.yaml:6: x-sluice: a door answers itself",
        "x-sluice: { maxBody: lots }|a.yaml:6: maxBody: \"lots\" is not a size",
        "parameters: [{ name: n, in: query, schema: { tpye: string } }]|"
            + "unknown keyword \"tpye\"; did you mean \"type\"?",
        "parameters: [{ name: n, in: query, schema: { type: array, items: { max: 5 } } }]|"
            + "unknown keyword \"max\"",
      })
  void aMistakeIsNamedWithItsLine(String keys, String expected) {
    String mistake = mistake(get("/x", keys));
    assertTrue(mistake.contains(expected), mistake);
    assertTrue(mistake.startsWith("a.yaml:"), mistake);
  }

  @Test
  void aReferenceDeepInABodysSchemaIsFoundBeforeARequestFindsIt() {
    String mistake =
        mistake(
            """
            paths:
              /x:
                post:
                  operationId: x
                  requestBody:
                    content:
                      application/json:
                        schema:
                          properties:
                            a: { $ref: "#/components/schemas/Nope" }
            """);
    assertEquals("a.yaml:11: $ref #/components/schemas/Nope points to nothing", mistake);
  }

  @Test
  void aSchemaThatNothingWouldCheckIsRefused() {
    String post =
        """
        paths:
          /x:
            post:
              operationId: x
              x-sluice: { streams: request, maxBody: 2GiB }
              requestBody: { content: { application/json: %s } }
        """;
    String mistake = mistake(post.formatted("{ schema: { type: object } }"));
    assertTrue(mistake.startsWith("a.yaml:6: a streamed body is not held against"), mistake);
    Policy policy = Contracts.of(post.formatted("{}")).operation("x").policy();
    assertTrue(policy.streamsRequest());
    assertFalse(policy.streamsReply());
    assertEquals(2L << 30, policy.maxBody().bytes());
  }

  @Test
  void aPropertyOrAnExampleMayBeCalledRef() {
    Contracts.of(
        """
        paths:
          /x:
            post:
              operationId: x
              requestBody:
                content:
                  application/json:
                    example: { $ref: "anything" }
                    schema: { properties: { $ref: { type: string }, default: { type: string } } }
        """);
  }

  @Test
  void aReferenceIsFollowedToItsParameter() {
    Operation operation =
        Contracts.of(
                get("/x", "parameters: [{ $ref: \"#/components/parameters/L\" }]")
                    + "components:\n"
                    + "  parameters: { L: { name: l, in: query, schema: { $ref: \"#/components/schemas/N\" } } }\n"
                    + "  schemas: { N: { type: integer, maximum: 5 } }\n")
            .operation("x");
    assertEquals("integer", operation.parameters().get(0).type());
  }

  @Test
  void onlyGetIsCached() {
    String document = get("/x", "x-sluice: { cache: { ttl: 5m } }").replace("get:", "post:");
    assertEquals("a.yaml:6: only GET can be cached; POST changes something", mistake(document));
  }

  @Test
  void anOperationWithoutAnIdIsNamed() {
    assertEquals(
        "a.yaml:4: the operation needs an operationId",
        mistake("paths:\n  /x:\n    get:\n      summary: a\n"));
  }

  @Test
  void onlyVersion31IsRead() {
    for (String version : List.of("3.0.3", "2.0", "3.10.0")) {
      Document document = Document.parse("a.yaml", "openapi: " + version + "\npaths: {}\n");
      String mistake =
          assertThrows(
                  InvalidConfiguration.class,
                  () ->
                      Contract.of(
                          List.of(Source.ofApp("a", document)), Known.limits(Set.of("default"))))
              .getMessage();
      assertEquals("a.yaml:1: only OpenAPI 3.1 documents are read; set openapi: 3.1.0", mistake);
    }
  }

  @Test
  void aPathParameterMustBeDeclaredAndAWholeSegment() {
    assertEquals(
        "a.yaml:4: {id} stands in the path but is not a parameter",
        mistake(get("/x/{id}", "summary: a")));
    String id = "parameters: [{ name: id, in: path, schema: { type: string } }]";
    assertEquals(
        "a.yaml:4: {id}.json: a parameter must be a whole segment of the path",
        mistake(get("/x/{id}.json", id)));
    assertEquals("a.yaml:4: {id} stands twice in the path", mistake(get("/{id}/x/{id}", id)));
  }

  @Test
  void aMethodThatIsNotRoutedIsNamed() {
    assertTrue(
        mistake("paths:\n  /x:\n    head: {}\n").startsWith("a.yaml:4: head is not a method"));
    assertTrue(mistake("paths:\n  x:\n    get: {}\n").startsWith("a.yaml:3: a path must begin"));
  }

  @Test
  void theSameIdOrPathInTwoDocumentsIsNamedWithBothPlaces() {
    String mistake = mistake(get("/x/{a}", A), get("/x/{a}", A));
    assertTrue(
        mistake.contains("b.yaml:4: operationId x is already declared at a.yaml:4"), mistake);
    assertTrue(mistake.contains("b.yaml:4: GET /x/{} is already declared at a.yaml:4"), mistake);
  }

  @Test
  void onePathByTwoNamesIsRefusedForTheOneWouldHideTheOther() {
    String other =
        get("/x/{b}", A.replace("name: a", "name: b"))
            .replace("get:", "delete:")
            .replace("operationId: x", "operationId: y");
    assertEquals(
        "b.yaml:4: /x/{b} is /x/{a} by other names; use the same",
        mistake(get("/x/{a}", A), other));
  }

  @Test
  void everyMistakeOfEveryDocumentIsTold() {
    String mistakes =
        mistake(
            get("/x", "x-sluice: { limit: a }\nparameters: [{ in: query }]"),
            get("/y", "x-sluice: { limt: a }"));
    assertEquals(3, mistakes.lines().count(), mistakes);
  }

  private static final String A =
      "parameters: [{ name: a, in: path, required: true, schema: { type: string } }]";
}
