package dev.sluice.identity.signin;

import dev.sluice.call.Failure;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/** What a password must be like to be one (NIST SP 800-63B §3.1.1.2); see {@link Guesses}, too. */
final class PasswordRules {
  static final int LONGEST = 128;

  private PasswordRules() {}

  /** In the one form that is hashed: NFKC, for keyboards differ (RFC 8265 §4.2). */
  static String normal(String password) {
    return Normalizer.normalize(password, Normalizer.Form.NFKC);
  }

  /** Throws VALIDATION_ERROR. */
  static void check(String password, int shortest) {
    int length = password.codePointCount(0, password.length());
    if (length < shortest) throw invalid("must have " + shortest + " characters at least");
    if (length > LONGEST) throw invalid("must have " + LONGEST + " characters at most");
    // half a character would be hashed as a question mark
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(password)) throw invalid("is not text");
  }

  private static Failure invalid(String reason) {
    return Failure.invalid("newPassword", reason, null);
  }
}
