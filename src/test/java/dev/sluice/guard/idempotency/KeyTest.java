package dev.sluice.guard.idempotency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.call.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyTest {

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "8e03978e-40d5-43dd-bc93-6894a57f9324, 8e03978e-40d5-43dd-bc93-6894a57f9324",
        "'\"8e03978e\"', 8e03978e",
        "'  \"a\"  ', a",
        "'\"a\";v=1', a",
        "'\"a\\\"b\"', a\"b",
        "a\"b, a\"b",
        "'a,b', 'a,b'",
      })
  void itIsReadQuotedAndBare(String line, String key) {
    assertEquals(key, Key.of(List.of(line)));
  }

  @Test
  void withoutAFieldThereIsNone() {
    assertNull(Key.of(List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "'', it is empty",
        "'   ', it is empty",
        "'\"\"', it is empty",
        "'a b', 'it has spaces, or characters that are not visible ASCII'",
        "'\"a b\"', 'it has spaces, or characters that are not visible ASCII'",
        "'\"a', 'its quotes are not closed, or more follows them'",
        "'\"a\" b', 'its quotes are not closed, or more follows them'",
        "é, 'it has spaces, or characters that are not visible ASCII'",
      })
  void whatIsNoneIsRefused(String line, String reason) {
    refused(List.of(line), reason);
  }

  @Test
  void aLongOneAndTwoAreRefused() {
    assertEquals(255, Key.of(List.of("k".repeat(255))).length());
    refused(List.of("k".repeat(256)), "it has 256 characters");
    refused(List.of("k".repeat(10_240)), "it has 10240 characters");
    refused(List.of("a", "a"), "it is there 2 times");
  }

  private static void refused(List<String> lines, String reason) {
    Failure failure = assertThrows(Failure.class, () -> Key.of(lines));
    assertEquals(400, failure.status());
    assertEquals("IDEMPOTENCY_KEY_INVALID", failure.code());
    assertEquals("The Idempotency-Key is not taken: " + reason + ".", failure.getMessage());
  }
}
