package dev.sluice.identity.signin;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.call.Failure;
import org.junit.jupiter.api.Test;

class PasswordRulesTest {
  @Test
  void itsLengthIsOfCharactersAsPeopleCountThem() {
    assertEquals("VALIDATION_ERROR", refusal("😀🐎🔋📎🚲🌧🦊🐌🎺").code()); // 9, of 18 units
    assertEquals("newPassword", refusal("short").facts().fields().get(0).field());
    assertEquals("VALIDATION_ERROR", refusal(varied(129)).code());
    assertDoesNotThrow(() -> PasswordRules.check(varied(128), 10));
  }

  @Test
  void halfACharacterIsNone() {
    assertEquals("VALIDATION_ERROR", refusal("correct horse \ud83d").code());
  }

  @Test
  void theSameLettersAreTheSame() {
    assertEquals(PasswordRules.normal("caf\u00e9 \ufb01"), PasswordRules.normal("cafe\u0301 fi"));
  }

  private static String varied(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) text.append((char) ('!' + i * i * 31 % 90));
    return text.toString();
  }

  private static Failure refusal(String password) {
    return assertThrows(Failure.class, () -> PasswordRules.check(password, 10));
  }
}
