package dev.sluice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ \"b\" : 1.00 ,\n\t\"a\":[1e2, {}] }",
        "[ ]",
        "12",
        "-0.10",
        "1E+400",
        "true",
        "null",
        "\"\"",
        "\"a\\u00e9 é \\\" } €\"",
        "[[[[\"}\"]]],{\"a\":\"a\"}]"
      })
  void aMemberIsAsItWasWritten(String value) {
    for (String around :
        new String[] {
          "{\"a\":%s}",
          " { \"é€\" : \"x\" , \"a\" : %s , \"c\" : [1, {\"a\": 2}] } ",
          "{\"z\":{\"a\":0},\"a\":%s\n}"
        }) {
      Buffer object = Buffer.buffer(around.formatted(value));
      assertEquals(value, JsonText.member(object, "a").toString(), object.toString());
    }
  }

  @Test
  void whatIsNotThereIsNull() {
    assertNull(JsonText.member(Buffer.buffer("{\"b\":{\"a\":1}}"), "a"));
    assertThrows(IllegalArgumentException.class, () -> JsonText.member(Buffer.buffer("[1]"), "a"));
    assertThrows(
        IllegalArgumentException.class, () -> JsonText.member(Buffer.buffer("{\"b\":x"), "a"));
  }

  @Test
  void oneValueIsOne() {
    assertTrue(JsonText.isOne(Buffer.buffer(" [1] ")));
    assertFalse(JsonText.isOne(Buffer.buffer("1 2")));
    assertFalse(JsonText.isOne(Buffer.buffer("")));
    assertFalse(JsonText.isOne(Buffer.buffer("{\"a\"}")));
  }
}
