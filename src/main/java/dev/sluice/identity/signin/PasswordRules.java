package dev.sluice.identity.signin;

import com.nulabinc.zxcvbn.Strength;
import com.nulabinc.zxcvbn.Zxcvbn;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import java.text.Normalizer;
import java.util.List;
import java.util.Objects;

/** What a password must be like (NIST SP 800-63B §3.1.1.2): long, and not what is tried first. */
final class PasswordRules {
  static final int LONGEST = 128;
  private static final int WEAKEST = 2; // of zxcvbn's 0 to 4: takes over a million guesses
  private static final int JUDGED = 64; // what is longer takes long to judge, and is strong
  private static final Zxcvbn JUDGE = new Zxcvbn();

  private PasswordRules() {}

  /** In the one form that is hashed: NFKC, for keyboards differ (RFC 8265 §4.2). */
  static String normal(String password) {
    return Normalizer.normalize(password, Normalizer.Form.NFKC);
  }

  /** Throws VALIDATION_ERROR or 422 WEAK_PASSWORD; {@code of} is what a guesser would try. */
  static void check(String password, int shortest, List<String> of) {
    int length = password.codePointCount(0, password.length());
    if (length < shortest) {
      throw Failure.invalid("newPassword", "must have " + shortest + " characters at least", null);
    }
    if (length > LONGEST) {
      throw Failure.invalid("newPassword", "must have " + LONGEST + " characters at most", null);
    }
    if (length > JUDGED) return;
    List<String> known = of.stream().filter(Objects::nonNull).toList();
    Strength strength = JUDGE.measure(password, known);
    if (strength.getScore() < WEAKEST) throw weak(strength.getFeedback().getWarning());
  }

  private static Failure weak(String warning) {
    String reason = warning == null || warning.isEmpty() ? "It is easily guessed" : warning;
    return Failure.of(Category.VALIDATION, "WEAK_PASSWORD", reason.replaceFirst("\\.$", "") + ".")
        .status(422)
        .suggest("Take several words that have nothing to do with each other, or with you.");
  }
}
