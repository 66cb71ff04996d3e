package dev.sluice.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.call.Body;
import dev.sluice.call.Failure;
import dev.sluice.call.Flow;
import dev.sluice.call.Params;
import dev.sluice.contract.Validation.Given;
import dev.sluice.contract.json.JsonSettings;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidationTest {
  private static final JsonSettings MOST = new JsonSettings(100, 200_000, 256, 100);
  private static final Operation OPERATION =
      Contracts.operation(
          "/x/{id}",
          """
          parameters:
            - { name: id, in: path, required: true, schema: { type: integer } }
            - { name: channel, in: query, x-lowercase: true, schema: { type: string, pattern: "^[a-z]{1,5}$" } }
            - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 100, default: 20 } }
            - { name: ratio, in: query, schema: { type: number, exclusiveMinimum: 0, default: 1 } }
            - { name: live, in: query, schema: { type: boolean } }
            - { name: sort, in: query, schema: { type: string, enum: [views, date] } }
            - { name: text, in: query, schema: { type: string, minLength: 2, maxLength: 4 } }
            - { name: ids, in: query, schema: { type: array, maxItems: 3, uniqueItems: true, items: { type: integer, maximum: 9 }, default: [1] } }
            - { name: X-Mode, in: header, schema: { type: string, const: fast } }
            - { name: X-Secret, in: header, schema: { type: string, writeOnly: true, pattern: "^[0-9]+$" } }
            - { name: X-Pin, in: header, schema: { type: integer, writeOnly: true } }
          """);

  @Test
  void everythingIsReadIntoItsType() {
    Params params =
        query(
            "channel", "NinJa", "limit", "5", "ratio", "2.5", "live", "true", "ids", "2", "ids",
            "3");
    assertEquals(7L, params.values().get("id"));
    assertEquals("ninja", params.text("channel"));
    assertEquals(5L, params.values().get("limit"));
    assertEquals(2.5, params.values().get("ratio"));
    assertEquals(true, params.values().get("live"));
    assertEquals(List.of(2L, 3L), params.values().get("ids"));
    assertFalse(params.has("sort"));
  }

  @Test
  void aSecretIsNotSaidAgain() {
    Operation secret =
        Contracts.operation(
            "/y",
            """
            parameters:
              - { name: X-Id, in: header, schema: { type: string, writeOnly: true, pattern: "^[0-9]+$" } }
              - { name: X-Pin, in: header, schema: { type: integer, writeOnly: true } }
            """);
    Given given = new Given(Map.of(), Map.of(), name -> "hunter2", name -> null);
    List<Failure.Field> wrong =
        assertThrows(Failure.class, () -> Validation.params(secret, given)).facts().fields();
    assertEquals(2, wrong.size());
    for (Failure.Field field : wrong) assertFalse(field.toString().contains("hunter2"), "" + field);
  }

  @Test
  void defaultsHaveTheTypesOfGivenValues() {
    Params absent = query();
    Params given = query("limit", "20", "ratio", "1", "ids", "1");
    assertEquals(given, absent);
    assertEquals(given.values().toString(), absent.values().toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "limit|101|101 is above the maximum 100",
        "limit|0|0 is below the minimum 1",
        "limit|ten|must be a whole number",
        "limit|1.5|must be a whole number",
        "limit|1e1|must be a whole number",
        "limit|+5|must be a whole number",
        "limit|05|must be a whole number",
        "limit|''|must be a whole number",
        "ratio|0|0.0 is not above 0",
        "ratio|1e999|must be a number",
        "ratio|NaN|must be a number",
        "ratio|0x1p3|must be a number",
        "live|TRUE|must be true or false",
        "live|1|must be true or false",
        "sort|veiws|\"veiws\" is not one of views, date; did you mean \"views\"?",
        "text|a|must have at least 2 characters",
        "text|abcde|must have at most 4 characters",
        "channel|a-b|does not match ^[a-z]{1,5}$",
        "ids|10|item 0: 10 is above the maximum 9",
        "ids|x|must be a whole number",
      })
  void aWrongValueIsToldItsBound(String name, String value, String message) {
    List<Failure.Field> wrong = refused(() -> query(name, value));
    assertEquals(1, wrong.size(), wrong.toString());
    assertEquals(name, wrong.get(0).field());
    assertEquals(message, wrong.get(0).message());
  }

  @Test
  void listsAreToldTheirBoundsToo() {
    assertEquals(
        "must have at most 3 items",
        refused(() -> query("ids", "1", "ids", "2", "ids", "3", "ids", "4")).get(0).message());
    assertEquals(
        "has the same item twice", refused(() -> query("ids", "1", "ids", "1")).get(0).message());
  }

  @Test
  void textIsCountedInCharactersAsPeopleCountThem() {
    assertEquals("😀😀😀😀", query("text", "😀😀😀😀").text("text"));
  }

  @Test
  void onceIsEnoughForWhatIsNoList() {
    assertEquals(
        "is given 2 times; once is enough",
        refused(() -> query("limit", "1", "limit", "2")).get(0).message());
  }

  @Test
  void anUnknownParameterIsToldTheNearest() {
    assertEquals(
        "is not a parameter here; did you mean \"limit\"?",
        refused(() -> query("limti", "1")).get(0).message());
  }

  @Test
  void everyWrongFieldIsNamed() {
    List<Failure.Field> wrong = refused(() -> query("limit", "0", "live", "x", "nope", "1"));
    assertEquals(
        List.of("limit", "live", "nope"),
        wrong.stream().map(Failure.Field::field).sorted().toList());
  }

  @Test
  void aRequiredParameterIsMissed() {
    Given none = new Given(Map.of(), Map.of(), name -> null, name -> List.of());
    List<Failure.Field> wrong = refused(() -> Validation.params(OPERATION, none));
    assertEquals(List.of(new Failure.Field("id", "is required", null)), wrong);
  }

  @Test
  void aHeaderIsAParameterLikeAnyOther() {
    Given given =
        new Given(Map.of("id", "7"), Map.of(), Map.of("X-Mode", "slow")::get, name -> List.of());
    assertEquals(
        "must be \"fast\"", refused(() -> Validation.params(OPERATION, given)).get(0).message());
  }

  @Test
  void whatIsWriteOnlyIsNotSaidAgain() {
    Map<String, String> secrets = Map.of("X-Secret", "hunter2", "X-Pin", "1x");
    Given given = new Given(Map.of("id", "7"), Map.of(), secrets::get, name -> List.of());
    List<Failure.Field> wrong = refused(() -> Validation.params(OPERATION, given));
    assertEquals(2, wrong.size());
    wrong.forEach(field -> assertNull(field.value(), field.field()));
    Params inside = Params.of(Map.of("id", 7, "X-Secret", "hunter2"));
    assertNull(refused(() -> Validation.params(OPERATION, inside)).get(0).value());
  }

  @Test
  void aCallOfAnotherDoorIsHeldAgainstTheSameContract() {
    Map<String, Object> json = new HashMap<>();
    json.put("id", 7);
    json.put("limit", 5);
    json.put("ids", List.of(1, 2));
    json.put("live", true);
    json.put("sort", null);
    Params params = Validation.params(OPERATION, Params.of(json));
    assertEquals(7L, params.values().get("id"));
    assertEquals(List.of(1L, 2L), params.values().get("ids"));
    assertFalse(params.has("sort"));
    json.put("limit", 500);
    assertEquals(
        "limit", refused(() -> Validation.params(OPERATION, Params.of(json))).get(0).field());
  }

  @Test
  void validatedParametersAreValidAgain() {
    Params once = query("channel", "ninja", "ratio", "0.00000001", "limit", "7");
    assertEquals(once, Validation.params(OPERATION, once));
  }

  @Test
  void ofExclusiveParametersExactlyOneIsGiven() {
    Operation operation =
        Contracts.operation(
            "/x",
            """
            parameters:
              - { name: login, in: query, schema: { type: string } }
              - { name: id, in: query, schema: { type: string } }
            x-sluice: { exactlyOneOf: [login, id] }
            """);
    assertEquals("give login or id", refused(() -> query(operation)).get(0).message());
    assertEquals(
        "give only one of login or id",
        refused(() -> query(operation, "login", "a", "id", "b")).get(0).message());
    assertEquals("a", query(operation, "login", "a").text("login"));
  }

  private static final Operation WITH_BODY =
      Contracts.of(
              """
              paths:
                /x:
                  post:
                    operationId: x
                    requestBody:
                      required: true
                      content:
                        application/json: { schema: { $ref: "#/components/schemas/Note" } }
                        text/plain: {}
              components:
                schemas:
                  Note:
                    type: object
                    required: [title, stars]
                    additionalProperties: false
                    properties:
                      title: { type: string, minLength: 1, maxLength: 5 }
                      stars: { $ref: "#/components/schemas/Stars" }
                      "a/b": { type: [string, "null"] }
                      tags: { type: array, items: { type: string, enum: [red, blue] } }
                      author: { type: object, required: [name], properties: { name: { type: string } } }
                      either: { oneOf: [{ type: string }, { type: integer, maximum: 3 }] }
                  Stars: { type: integer, maximum: 5 }
              """)
          .operation("x");

  @Test
  void aGoodBodyPasses() {
    Body body = json("{\"title\":\"a\",\"stars\":5,\"a/b\":null,\"tags\":[\"red\"]}");
    assertEquals(5, Validation.body(WITH_BODY, body, MOST).object().getInteger("stars"));
  }

  @Test
  void everyBadFieldOfABodyIsNamedByItsPathWithItsBound() {
    Map<String, String> wrong =
        body(
            "{\"title\":\"toolong\",\"stars\":9,\"tags\":[\"red\",\"bleu\"],\"author\":{},"
                + "\"titel\":1,\"a/b\":5,\"either\":7}");
    Map<String, String> expected = new LinkedHashMap<>();
    expected.put("a/b", "must be text or null");
    expected.put("author.name", "is required");
    expected.put("either", "is none of the forms that are taken");
    expected.put("stars", "9 is above the maximum 5");
    expected.put("tags.1", "\"bleu\" is not one of red, blue; did you mean \"blue\"?");
    expected.put("titel", "is not a field here; did you mean \"title\"?");
    expected.put("title", "must have at most 5 characters");
    assertEquals(expected, wrong);
  }

  @Test
  void aMissingFieldIsNamedBesideABadOne() {
    assertEquals(Map.of("stars", "is required", "title", "must be text"), body("{\"title\":5}"));
    assertEquals(Map.of("stars", "is required", "title", "is required"), body("{}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "5", "null", "\"text\"", "true"})
  void aBodyOfAnotherKindIsToldWhatItMustBe(String text) {
    assertEquals(Map.of("body", "must be an object"), body(text));
  }

  @Test
  void jsonWithoutASchemaIsReadStrictlyToo() {
    Operation any =
        Contracts.of(
                """
                paths:
                  /x:
                    post:
                      operationId: x
                      requestBody: { content: { application/json: {}, application/x+json: {} } }
                """)
            .operation("x");
    for (String type : List.of(Body.JSON, "application/x+json; v=1", "Application/X+JSON")) {
      Body twice = new Body(Buffer.buffer("{\"a\":1,\"a\":2}"), type);
      Failure.Field wrong = refused(() -> Validation.body(any, twice, MOST)).get(0);
      assertEquals(new Failure.Field("/a", "is there twice", null), wrong);
    }
  }

  @Test
  void aBodyOfCountlessMistakesIsRefusedInBrief() {
    String some = "{\"title\":\"a\",\"stars\":1,\"tags\":[" + "1,".repeat(500) + "1]}";
    assertEquals(100, body(some).size());
    String many = "{\"title\":\"a\",\"stars\":1,\"tags\":[" + "1,".repeat(150_000) + "1]}";
    String brief = "does not fit its schema; where is told of smaller ones";
    assertEquals(Map.of("body", brief), body(many));
    String good =
        "{\"title\":\"a\",\"stars\":1,\"tags\":[" + "\"red\",".repeat(9_000) + "\"red\"]}";
    Validation.body(WITH_BODY, json(good), MOST);
  }

  /** Of a large body the first mistake is told, and what is wrong beside it. */
  @Test
  void aLargeBodyIsToldWhereItIsWrong() {
    Operation large =
        Contracts.operation(
            "/y",
            """
            requestBody:
              content:
                application/json:
                  schema:
                    type: object
                    required: [slot]
                    additionalProperties: false
                    properties:
                      slot: { type: string, pattern: "^[a-z]+$" }
                      long: { type: string, pattern: "^(a|b)*$" }
                      data: { type: object }
                      few: { type: array, maxItems: 200, uniqueItems: true }
                      parts:
                        type: array
                        maxItems: 2000
                        items:
                          type: object
                          required: [kind]
                          properties: { kind: { enum: [a, b] }, count: { type: integer }, data: {} }
            """);
    String much = "{\"x\":\"" + "y".repeat(20_000) + "\",\"z\":[{}]}";
    String good = "{\"kind\":\"a\"},";
    String parts = "\"slot\":\"a\",\"data\":" + much + ",\"parts\":[" + good.repeat(150);
    Map<String, Map<String, String>> wrong = new LinkedHashMap<>();
    wrong.put("\"slot\":\"A\",\"data\":" + much, Map.of("slot", "does not match ^[a-z]+$"));
    wrong.put("\"data\":" + much, Map.of("slot", "is required"));
    wrong.put(
        "\"slot\":\"a\",\"dta\":" + much,
        Map.of("dta", "is not a field here; did you mean \"data\"?"));
    wrong.put("\"slot\":\"a\",\"data\":[" + much + "]", Map.of("data", "must be an object"));
    wrong.put(parts + "{\"kind\":\"c\"}]", Map.of("parts.150.kind", "\"c\" is not one of a, b"));
    wrong.put(
        parts + "{\"count\":1.5,\"data\":" + much + "}]",
        Map.of("parts.150.kind", "is required", "parts.150.count", "must be a whole number"));
    wrong.put(parts + "{},".repeat(200) + "[]]", Map.of("parts.150.kind", "is required"));
    wrong.put(parts + good.repeat(900) + "{}]", Map.of("parts.1050", "does not fit its schema"));
    wrong.put(parts + good.repeat(1900) + "{}]", Map.of("parts", "does not fit its schema"));
    wrong.put(
        parts + "{\"kind\":\"a\"}],\"few\":[" + "{},".repeat(200) + "{}]",
        Map.of("few", "must have at most 200 items"));
    String hundredThousand =
        IntStream.range(0, 100_000).mapToObj(String::valueOf).collect(Collectors.joining(","));
    wrong.put(
        "\"slot\":\"a\",\"few\":[" + hundredThousand + "]",
        Map.of("few", "must have at most 200 items"));
    wrong.put(
        "\"slot\":\"a\",\"data\":" + much + ",\"few\":[{\"a\":1},{},{\"a\":1.0}]",
        Map.of("few", "does not fit its schema"));
    wrong.put(
        "\"slot\":\"a\",\"long\":\"" + "ab".repeat(100_000) + "\"",
        Map.of("body", "has a text that is too long for its pattern"));
    wrong.forEach((json, fields) -> assertEquals(fields, fields(large, "{" + json + "}")));
    String unknown =
        IntStream.range(0, 300).mapToObj(i -> "\"x" + i + "\":1,").collect(Collectors.joining());
    Map<String, String> many =
        fields(large, "{\"data\":" + much + "," + unknown + "\"slot\":\"a\"}");
    assertEquals(100, many.size());
    assertFalse(many.containsKey("slot"), "it is there, behind all of them");
  }

  @Test
  void anEmptyBodyIsMissedWhereOneIsRequired() {
    List<Failure.Field> wrong = refused(() -> Validation.body(WITH_BODY, Body.NONE, MOST));
    assertEquals(List.of(new Failure.Field("body", "is required", null)), wrong);
  }

  @Test
  void aBodyOfAnotherTypeIsNotHeldAgainstTheJsonSchema() {
    Validation.body(WITH_BODY, new Body(Buffer.buffer("{"), "text/plain"), MOST);
  }

  @Test
  void aStreamIsTakenOnlyWhereThePolicySaysSo() {
    Body stream = Body.streamed(new Flow("a"), Body.JSON);
    List<Failure.Field> wrong = refused(() -> Validation.body(WITH_BODY, stream, MOST));
    assertEquals("is taken whole here, not as a stream", wrong.get(0).message());
    Operation streams =
        Contracts.of(
                """
                paths:
                  /x:
                    post:
                      operationId: x
                      x-sluice: { streams: request }
                      requestBody: { required: true, content: { Text/CSV: {} } }
                """)
            .operation("x");
    Validation.body(streams, Body.streamed(new Flow("a"), "text/csv; charset=utf-8"), MOST);
    wrong = refused(() -> Validation.body(streams, stream, MOST));
    assertEquals("application/json is not taken here", wrong.get(0).message());
  }

  private static Map<String, String> body(String text) {
    return fields(WITH_BODY, text);
  }

  private static Map<String, String> fields(Operation operation, String json) {
    Map<String, String> wrong = new TreeMap<>();
    refused(() -> Validation.body(operation, json(json), MOST))
        .forEach(field -> wrong.put(field.field(), field.message()));
    return wrong;
  }

  private static Body json(String text) {
    return new Body(Buffer.buffer(text), Body.JSON);
  }

  private static List<Failure.Field> refused(org.junit.jupiter.api.function.Executable work) {
    Failure failure = assertThrows(Failure.class, work);
    assertEquals("VALIDATION_ERROR", failure.code());
    assertEquals(400, failure.status());
    Json.encode(failure.facts());
    return failure.facts().fields();
  }

  private static Params query(String... namesAndValues) {
    return query(OPERATION, namesAndValues);
  }

  private static Params query(Operation operation, String... namesAndValues) {
    Map<String, List<String>> query = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      query.merge(
          namesAndValues[i],
          List.of(namesAndValues[i + 1]),
          (a, b) -> java.util.stream.Stream.concat(a.stream(), b.stream()).toList());
    }
    Map<String, String> path = operation.path().contains("{id}") ? Map.of("id", "7") : Map.of();
    return Validation.params(operation, new Given(path, query, name -> null, name -> List.of()));
  }

  @Test
  void theMessageOfTheWholeNamesTheFirstAndCountsTheRest() {
    Failure failure =
        assertThrows(Failure.class, () -> query("limit", "0", "live", "x", "text", "a"));
    assertEquals("limit: 0 is below the minimum 1 (and 2 more)", failure.getMessage());
    assertEquals(
        Arrays.asList("0", "x", "a"),
        failure.facts().fields().stream().map(Failure.Field::value).toList());
  }
}
