package dev.sluice.identity.signin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.call.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodesTest {

  @ParameterizedTest
  @ValueSource(strings = {"012345", "012 345", "0 1 2 3 4 5", "012-345", "\u2060012\u2007345\n"})
  void spacesAndHyphensAreNotOfTheCode(String written) {
    assertEquals("012345", Codes.digits(written));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "12345",
        "1234567",
        "12345a",
        "+12345",
        "1e4567",
        "12.345",
        "123_456",
        "0x1234",
        "１２３４５６",
        "١٢٣٤٥٦",
        "𝟏𝟐𝟑𝟒𝟓𝟔",
        "①②③④⑤⑥",
        "12345\u0000",
        "12345O",
        "l23456"
      })
  void elseItIsOfSixDigitsAndTheseAreAscii(String written) {
    Failure failure = assertThrows(Failure.class, () -> Codes.digits(written));
    assertEquals("VALIDATION_ERROR", failure.code());
    assertEquals("code", failure.facts().fields().get(0).field());
  }

  @Test
  void whatIsWrittenIsNotSaidAgain() {
    Failure failure = assertThrows(Failure.class, () -> Codes.digits("12345a"));
    assertEquals(null, failure.facts().fields().get(0).value());
  }
}
