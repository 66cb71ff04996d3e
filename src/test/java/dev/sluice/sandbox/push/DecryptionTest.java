package dev.sluice.sandbox.push;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** The example of RFC 8291 §5, whole and broken in each of its parts. */
class DecryptionTest {
  private static final byte[] PUBLIC =
      bytes(
          "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
  private static final byte[] PRIVATE = bytes("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94");
  private static final byte[] AUTH = bytes("BTBZMqHH6r4Tts7J_aSIgg");
  private static final byte[] BODY =
      bytes(
          "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6"
              + "TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_"
              + "Qulcy4a-fN");

  private static byte[] bytes(String text) {
    return Base64.getUrlDecoder().decode(text);
  }

  private static Decryption decryption(byte[] auth) throws GeneralSecurityException {
    return new Decryption(Curve.open(PUBLIC), Curve.secret(PRIVATE), auth);
  }

  private static String refusal(byte[] body) {
    return assertThrows(GeneralSecurityException.class, () -> decryption(AUTH).decrypt(body))
        .getMessage();
  }

  private static byte[] with(int at, int... values) {
    byte[] other = BODY.clone();
    for (int i = 0; i < values.length; i++) other[at + i] = (byte) values[i];
    return other;
  }

  @Test
  void theExampleIsRead() throws GeneralSecurityException {
    String text = new String(decryption(AUTH).decrypt(BODY), StandardCharsets.UTF_8);
    assertEquals("When I grow up, I want to be a watermelon", text);
    assertArrayEquals(PUBLIC, Curve.bytes(Curve.open(PUBLIC)));
  }

  @Test
  void oneBitAnywhereIsTooMuch() {
    for (int at = 0; at < BODY.length; at++) {
      if (at >= 16 && at < 19) continue; // of the record size, which may be larger
      byte[] other = BODY.clone();
      other[at] ^= 1;
      if (at == 19) continue;
      assertThrows(GeneralSecurityException.class, () -> decryption(AUTH).decrypt(other), "" + at);
    }
  }

  @Test
  void anotherSecretReadsNothing() {
    byte[] other = AUTH.clone();
    other[0] ^= 1;
    assertThrows(GeneralSecurityException.class, () -> decryption(other).decrypt(BODY));
  }

  @Test
  void theHeadIsHeldToRfc8188() {
    assertEquals("the record size is below 18", refusal(with(16, 0, 0, 0, 17)));
    assertEquals("there is more than one record", refusal(with(16, 0, 0, 0, 18)));
    assertEquals("keyid is not the sender's public key", refusal(with(20, 0)));
    assertEquals("the body is too short", refusal(Arrays.copyOf(BODY, 40)));
    assertEquals("the body is too short", refusal(new byte[0]));
  }
}
