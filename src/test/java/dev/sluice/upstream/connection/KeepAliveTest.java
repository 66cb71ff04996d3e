package dev.sluice.upstream.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeepAliveTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "timeout=5|4000",
        "'timeout=5, max=100'|4000",
        "'max=100, Timeout = 60'|59000",
        "timeout=\"15\"|14000",
        "timeout=1|500",
        "timeout=0|0",
      })
  void whatAPeerSaysIsHeededWithAMargin(String field, long millis) {
    assertEquals(millis, KeepAlive.nanos(field) / 1_000_000);
  }

  @ParameterizedTest
  @CsvSource(
      value = {"NULL", "max=100", "mytimeout=5", "timeout=-5", "timeout=x"},
      nullValues = "NULL")
  void whoSaysNothingKeepsIt(String field) {
    assertEquals(Long.MAX_VALUE, KeepAlive.nanos(field));
  }
}
