package dev.sluice.push;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientKeysTest {
  /** RFC 8291 §5. */
  private static final String POINT =
      "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";

  private static final String AUTH = "BTBZMqHH6r4Tts7J_aSIgg";
  private static final byte[] BYTES = Base64.getUrlDecoder().decode(POINT);

  private static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String refusal(String p256dh, String auth) {
    return assertThrows(IllegalArgumentException.class, () -> ClientKeys.of(p256dh, auth))
        .getMessage();
  }

  @Test
  void whatABrowserSendsIsRead() {
    ClientKeys keys = ClientKeys.of(POINT, AUTH);
    assertArrayEquals(BYTES, keys.p256dh());
    assertEquals(16, keys.auth().length);
    assertEquals("ClientKeys", keys.toString());
  }

  @Test
  void soIsWhatPagesMakeOfItWithBtoa() {
    String standard = Base64.getEncoder().encodeToString(BYTES);
    assertTrue(standard.endsWith("=") && standard.contains("/"));
    assertArrayEquals(BYTES, ClientKeys.of(standard, AUTH + "==").p256dh());
  }

  @Test
  void whatIsNotOnTheCurveIsRefused() {
    for (int at : new int[] {1, 32, 33, 64}) {
      byte[] other = BYTES.clone();
      other[at] ^= 1;
      assertEquals("p256dh is no point on P-256", refusal(text(other), AUTH));
    }
    byte[] zero = new byte[65];
    zero[0] = 4;
    assertEquals("p256dh is no point on P-256", refusal(text(zero), AUTH));
  }

  /** x and y + p are the same numbers modulo p, and are to be written below p all the same. */
  @Test
  void numbersBeyondTheFieldAreRefused() {
    byte[] beyond = BYTES.clone();
    Arrays.fill(beyond, 1, 33, (byte) 0xff);
    assertEquals("p256dh is no point on P-256", refusal(text(beyond), AUTH));
    BigInteger p =
        new BigInteger("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16);
    BigInteger b =
        new BigInteger("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b", 16);
    // p is 3 modulo 4, and b a square: (0, sqrt b) is a point, and (p, sqrt b) another way to say
    // so
    BigInteger root = b.modPow(p.add(BigInteger.ONE).shiftRight(2), p);
    assertEquals(b, root.modPow(BigInteger.TWO, p));
    byte[] point = new byte[65];
    point[0] = 4;
    byte[] y = root.toByteArray();
    int length = Math.min(32, y.length);
    System.arraycopy(y, y.length - length, point, 65 - length, length);
    assertArrayEquals(point, ClientKeys.point("p256dh", text(point)));
    System.arraycopy(p.toByteArray(), 1, point, 1, 32);
    assertEquals("p256dh is no point on P-256", refusal(text(point), AUTH));
  }

  @Test
  void whatIsWrittenInAnotherWayIsRefused() {
    byte[] compressed = Arrays.copyOf(BYTES, 33);
    compressed[0] = 2;
    byte[] hybrid = BYTES.clone();
    hybrid[0] = 6;
    for (byte[] other :
        new byte[][] {compressed, hybrid, Arrays.copyOf(BYTES, 64), Arrays.copyOf(BYTES, 66), {}}) {
      String said = refusal(text(other), AUTH);
      assertTrue(said.startsWith("p256dh is not an uncompressed point of P-256"), said);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "AAAA", "BTBZMqHH6r4Tts7J_aSI", "BTBZMqHH6r4Tts7J_aSIggAA"})
  void aSecretHasSixteenBytes(String auth) {
    assertEquals("auth is not 16 bytes in base64url", refusal(POINT, auth));
  }

  @ParameterizedTest
  @ValueSource(strings = {"!", "a b", "ü", "A", "BTBZMqHH6r4Tts7J_aSIgg===", "a\nb"})
  void whatIsNoBase64IsRefused(String auth) {
    assertEquals("auth is not base64url", refusal(POINT, auth));
  }

  @Test
  void whatIsFarTooLongIsNotReadAtAll() {
    assertEquals("auth is too long", refusal(POINT, "A".repeat(201)));
  }
}
