package dev.sluice.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {

  @ParameterizedTest
  @CsvSource({
    "512,512",
    "0,0",
    "1k,1000",
    "1KB,1000",
    "64KiB,65536",
    "64 kib,65536",
    "10MB,10000000",
    "1GiB,1073741824",
    "3B,3",
    "999999999GiB,1073741822926258176"
  })
  void sizesAreReadInBothKindsOfUnits(String text, long bytes) {
    assertEquals(bytes, Size.parse(text).bytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ten", "1.5MB", "-1", "10XB", "10i", "10iB", "9999999999GiB", "MB"})
  void whatIsNoSizeIsRefusedInWords(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Size.parse(text)).getMessage();
    assertEquals("\"" + text + "\" is not a size such as 64KiB or 10MB", message);
  }

  @Test
  void aSizeBeyondAnIntIsCutForThoseWhoTakeOne() {
    assertEquals(Integer.MAX_VALUE, Size.parse("100GiB").toInt());
    assertThrows(IllegalArgumentException.class, () -> Size.of(-1));
  }

  @ParameterizedTest
  @CsvSource({"250ms,250", "5s,5000", " 5 s ,5000", "10m,600000", "4h,14400000", "7d,604800000"})
  void durationsAreRead(String text, long millis) {
    assertEquals(Duration.ofMillis(millis), Durations.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "-5s", "5 sec", "1.5s", "s", "5S", "5s5s"})
  void whatIsNoDurationIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Durations.parse(text));
  }

  @Test
  void aDurationThatNoClockCanCountIsRefused() {
    assertEquals(Duration.ofDays(36_500), Durations.parse("36500d"));
    assertThrows(IllegalArgumentException.class, () -> Durations.parse("999999999999d"));
    assertThrows(IllegalArgumentException.class, () -> Durations.parse("40000d"));
  }

  @Test
  void theNearestNameIsTheOneWithTheFewestSlips() {
    List<String> names = List.of("timeout", "maxAge", "ttl");
    assertEquals(Optional.of("timeout"), Nearest.find("timeOut", names));
    assertEquals(Optional.of("timeout"), Nearest.find("tiemout", names));
    assertEquals(Optional.of("ttl"), Nearest.find("tl", names));
    assertEquals(Optional.empty(), Nearest.find("priority", names));
  }

  @Test
  void aNameWithNothingInCommonIsNotNear() {
    assertEquals(Optional.empty(), Nearest.find("x", List.of("a", "to")));
    assertEquals("; valid are a, to", Nearest.hint("x", List.of("to", "a")));
    assertEquals("", Nearest.hint("x", List.of()));
  }
}
