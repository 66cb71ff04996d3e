package dev.sluice.contract.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Failure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {
  private static final JsonSettings MOST = new JsonSettings(100, 1000, 32, 100);

  static Stream<NastyJson.Body> nasty() {
    return NastyJson.all(MOST);
  }

  @ParameterizedTest
  @MethodSource("nasty")
  void whatCanBeReadInTwoWaysIsRefusedWithItsPlaceAndReason(NastyJson.Body body) {
    Failure.Field wrong = refusal(body.bytes());
    assertTrue(wrong.message().contains(body.reason()), wrong.message());
    if (body.field() != null) assertEquals(body.field(), wrong.field());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "true",
        " false ",
        "0",
        "-0",
        "1e5",
        "-1.25E-3",
        "9007199254740993",
        "12345678901234567890123",
        "\"\"",
        "\"a\\u00e9\\n\\/\\\\\\\"\"",
        "\"\\ud83d\\ude00 \uD83D\uDE00 \u007f\uFFFE\"",
        "[]",
        "{}",
        "[[],{},[null]]",
        "\r\n\t {\"a\" : [ 1 , 2 ] , \"\" : { \"a\" : 1 } }\n",
        "{\"K\":1,\"k\":2,\"caf\u00e9\":3,\"cafe\":4}",
        "{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":2}}"
      })
  void whatIsJsonIsReadAsVertxReadsIt(String text) {
    assertEquals(Json.decodeValue(text), read(text));
  }

  @Test
  void theBoundsThemselvesAreAllowed() {
    assertEquals(100, depth(read("[".repeat(100) + "]".repeat(100))));
    assertEquals(999, ((JsonArray) read("[" + "0,".repeat(998) + "0]")).size());
    assertEquals(1, ((JsonObject) read("{\"" + "n".repeat(32) + "\":1}")).size());
    assertEquals(new BigInteger("9".repeat(100)), read("9".repeat(100)));
  }

  @Test
  void aPlaceIsToldInBriefAndNeverSplitsACharacter() {
    String name = "\uD83D\uDE00".repeat(15) + "x";
    String deep = ("{\"" + name + "\":").repeat(20) + "\"\\u0000\"" + "}".repeat(20);
    Failure.Field wrong = refusal(Buffer.buffer(deep));
    assertTrue(wrong.field().endsWith("…") && wrong.field().length() <= 201, wrong.field());
    assertEquals(wrong.field(), Json.decodeValue(Json.encode(wrong.field())));
  }

  @Test
  void nothingOfTheBodyIsRepeatedInTheReason() {
    Failure.Field wrong = refusal(Buffer.buffer("{\"password\": hunter2}"));
    assertEquals("body", wrong.field());
    assertEquals("is not valid JSON: see line 1, column 21", wrong.message());
    assertNull(wrong.value());
  }

  /** Cut anywhere, changed anywhere: a value or a refusal, and never anything else. */
  @Test
  void whateverIsDoneToJsonItIsReadOrRefused() {
    Random random = new Random(7);
    byte[] good =
        "{\"a\":[1,-2.5e3,{\"b\":\"c\\u00e9\\ud83d\\ude00\"},null],\"caf\u00e9\":true,\"d\":{\"e\":[]}}"
            .getBytes(StandardCharsets.UTF_8);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes =
          java.util.Arrays.copyOf(good, i % 3 == 0 ? random.nextInt(good.length) : good.length);
      for (int change = random.nextInt(3); change >= 0 && bytes.length > 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        Object value = StrictJson.read(Buffer.buffer(bytes), MOST);
        assertEquals(value, Json.decodeValue(Buffer.buffer(bytes)));
      } catch (Failure failure) {
        assertEquals("VALIDATION_ERROR", failure.code());
        Json.encodeToBuffer(failure.facts());
        refused++;
      }
    }
    assertTrue(refused > 10_000, "refused " + refused);
  }

  /** A table of names that they fill with one hash, and numbers that take their length's square. */
  @Test
  void whatIsMadeToBeSlowIsNot() {
    JsonSettings wide = new JsonSettings(500, 1_000_000, 10_000, 1_000);
    StringBuilder names = new StringBuilder("{");
    for (int i = 0; i < 1 << 14; i++) { // all of one hashCode
      names.append(i == 0 ? "\"" : ",\"");
      for (int bit = 0; bit < 14; bit++) names.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      names.append("\":0");
    }
    assertEquals(1 << 14, ((JsonObject) read(names.append('}').toString(), wide)).size());
    String number = "9".repeat(1000) + ",";
    assertEquals(5001, ((JsonArray) read("[" + number.repeat(5000) + "0]", wide)).size());
    assertEquals(10_000_000, ((String) read("\"" + "x".repeat(10_000_000) + "\"", wide)).length());
    refusal(Buffer.buffer("[" + "[],".repeat(3_000_000) + "0]"));
    refusal(Buffer.buffer("9".repeat(10_000_000)));
    refusal(Buffer.buffer("{\"" + "n".repeat(10_000_000) + "\":0}"));
  }

  private static int depth(Object value) {
    int depth = 0;
    for (Object at = value; at instanceof JsonArray array; depth++) {
      at = array.isEmpty() ? null : array.getValue(0);
    }
    return depth;
  }

  private static Object read(String text) {
    return read(text, MOST);
  }

  private static Object read(String text, JsonSettings most) {
    return StrictJson.read(Buffer.buffer(text), most);
  }

  private static Failure.Field refusal(Buffer bytes) {
    Failure failure = assertThrows(Failure.class, () -> StrictJson.read(bytes, MOST));
    assertEquals("VALIDATION_ERROR", failure.code());
    assertEquals(400, failure.status());
    Json.encodeToBuffer(failure.facts());
    assertEquals(1, failure.facts().fields().size());
    return failure.facts().fields().get(0);
  }
}
