package dev.sluice.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Failure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {

  @Test
  void parametersKeepTheirOrderAndRepeats() {
    Map<String, List<String>> query = Query.parse("b=1&a=2&b=3&c&=x&&d==");
    assertEquals("{b=[1, 3], a=[2], c=[], =[x], d=[=]}", query.toString());
    assertEquals(List.of(""), query.get("c"));
    assertTrue(Query.parse(null).isEmpty());
    assertTrue(Query.parse("").isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "a%20b,a b",
    "a+b,a b",
    "%2B,+",
    "%C3%A9,é",
    "%c3%a9,é",
    "%F0%9F%98%80,😀",
    "%2541,%41",
    "%252e%252e,%2e%2e",
    "%26%3D,&=",
    "%41,A"
  })
  void aValueIsDecodedOnce(String raw, String value) {
    assertEquals(List.of(value), Query.parse("a=" + raw).get("a"));
  }

  @Test
  void aPlusInAPathIsAPlus() {
    assertEquals("a+b c", Query.decode("a+b%20c", false, "id"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%",
        "%4",
        "%zz",
        "a%",
        "%-1",
        "%ff",
        "%C3",
        "%C3%28",
        "%C0%80",
        "%ED%A0%80",
        "%F5%80%80%80",
        "%00",
        "a%00b",
        "é",
        "%u0041"
      })
  void whatIsNotStrictlyUtf8IsRefusedByTheParametersName(String raw) {
    Failure failure = assertThrows(Failure.class, () -> Query.parse("name=" + raw));
    assertEquals("VALIDATION_ERROR", failure.code());
    assertEquals("name", failure.facts().fields().get(0).field());
  }

  @Test
  void namesAreDecodedAsStrictly() {
    assertEquals(List.of("1"), Query.parse("%61=1").get("a"));
    assertThrows(Failure.class, () -> Query.parse("%ff=1"));
  }

  @Test
  void theNumberOfParametersIsBounded() {
    Query.parse("a=1&".repeat(100));
    assertThrows(Failure.class, () -> Query.parse("a=1&".repeat(101)));
  }
}
