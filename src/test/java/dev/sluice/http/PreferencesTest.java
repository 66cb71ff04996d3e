package dev.sluice.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreferencesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "respond-async | true",
        "Respond-Async | true",
        "respond-async, wait=100 | true",
        "wait=100 , respond-async;x=y | true",
        "return=minimal; foo=\"a,b\", respond-async | true",
        "respond-async=\"\" | true",
        "respond-async=no | false",
        "respond-async=no, respond-async | false",
        "x=\"respond-async\" | false",
        "x=\"a, respond-async\" | false",
        "x=\"a\\\", respond-async\" | false",
        "not-respond-async | false",
        "'' | false",
        ", , ; | false",
        "\"unclosed, respond-async | false",
      })
  void oneOfThemIsHeeded(String line, boolean later) {
    assertEquals(later, Preferences.of(List.of(line)).later());
  }

  @Test
  void linesAreOneList() {
    assertEquals(true, Preferences.of(List.of("wait=1", "respond-async")).later());
    assertEquals(false, Preferences.of(List.of()).later());
  }
}
