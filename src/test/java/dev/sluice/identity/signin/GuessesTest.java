package dev.sluice.identity.signin;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.sluice.call.Failure;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuessesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "password12",
        "1234567890",
        "qwertyuiop",
        "aaaaaaaaaaaa",
        "p4ssw0rd12",
        "iloveyou12",
        "lovelaceada",
        "lovelace1815",
        "ada.lovelace",
        "sluicesluice",
        "abcdefghij",
        "          ",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "12345678901234567890123456789012345678901234567890123456789012345678901234567890"
      })
  void whatIsTriedFirstIsWeakHoweverLong(String password) {
    Failure failure = assertThrows(Failure.class, () -> check(password));
    assertEquals("WEAK_PASSWORD", failure.code());
    assertEquals(422, failure.status());
    assertNotNull(failure.facts().hint());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "correct horse battery",
        "ångström-Ünïcode",
        "пароль что надо",
        "Tr0ub4dour&3x",
        "四面楚歌、臥薪嘗胆、一石二鳥",
        "😀🐎🔋📎😀🐎🔋📎🚲🌧",
        "k7#vQ2!mZp9@"
      })
  void otherwiseItIsTakenInAnyLetters(String password) {
    assertDoesNotThrow(() -> check(password));
  }

  /** Some 64 characters take seconds: who writes them must not hold up those who sign in. */
  @Test
  void noPasswordTakesLongToJudge() {
    String leet = "4@8({[<369&#!1/|0$5+7%2/".repeat(5);
    Guesses.check(leet); // words are read the first time
    assertTimeout(Duration.ofSeconds(2), () -> Guesses.check(leet));
  }

  private static void check(String password) {
    Guesses.check(
        PasswordRules.normal(password), "ada.lovelace@example.com", "Ada", null, "sluice");
  }
}
