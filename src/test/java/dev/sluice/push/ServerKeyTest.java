package dev.sluice.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerKeyTest {
  private static final ServerKey KEY = ServerKey.make();

  private static String refusal(String publicKey, String privateKey) {
    return assertThrows(IllegalArgumentException.class, () -> new ServerKey(publicKey, privateKey))
        .getMessage();
  }

  @Test
  void whatIsMadeCanBeReadAgain() {
    assertEquals(KEY, new ServerKey(KEY.publicKey(), KEY.privateKey()));
    assertEquals(KEY, ServerKey.of(KEY.pair()));
  }

  /**
   * One of 256 numbers begins with a zero, which must not be lost; that of the base point has 31.
   */
  @Test
  void numbersAreAsLongAsTheyAre() {
    String base =
        "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU";
    ServerKey one = new ServerKey(base, "A".repeat(42) + "E");
    assertEquals(one, ServerKey.of(one.pair()));
  }

  @Test
  void halvesOfTwoPairsAreNoPair() {
    String other = ServerKey.make().privateKey();
    assertEquals("privateKey is not the other half of publicKey", refusal(KEY.publicKey(), other));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "__________________________________________8",
      })
  void whatIsNoNumberOfTheCurveIsNoHalf(String number) {
    assertEquals("privateKey is not the other half of publicKey", refusal(KEY.publicKey(), number));
  }

  @Test
  void oneHalfIsNotEnough() {
    assertEquals("privateKey is not 32 bytes in base64url", refusal(KEY.publicKey(), ""));
    assertThrows(IllegalArgumentException.class, () -> new ServerKey("", KEY.privateKey()));
  }

  @Test
  void itDoesNotShowItsSecret() {
    assertFalse(KEY.toString().contains(KEY.privateKey()));
  }
}
