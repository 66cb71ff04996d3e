package dev.sluice.identity.signin;

import com.nulabinc.zxcvbn.Strength;
import com.nulabinc.zxcvbn.Zxcvbn;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** How soon a password would be guessed. Not for an event loop: words are read and compared. */
final class Guesses {
  private static final int WEAKEST = 2; // of zxcvbn's 0 to 4: takes over a million guesses

  /** Of 64 characters some take seconds to judge; what begins strong does not become weak. */
  private static final int JUDGED = 24;

  private static final Zxcvbn JUDGE = new Zxcvbn();

  private Guesses() {}

  /** Throws 422 WEAK_PASSWORD; {@code own} is what there is to know of whose it is, or null. */
  static void check(String password, String... own) {
    int length = password.codePointCount(0, password.length());
    String judged = password.substring(0, password.offsetByCodePoints(0, Math.min(length, JUDGED)));
    Strength strength = JUDGE.measure(judged, words(own));
    if (strength.getScore() < WEAKEST) throw weak(strength.getFeedback().getWarning());
  }

  /** As they are, and all that they are made of: {@code ada.lovelace}, {@code lovelace}. */
  private static List<String> words(String... own) {
    return Stream.of(own)
        .filter(Objects::nonNull)
        .flatMap(
            whole ->
                Stream.of(
                        Stream.of(whole),
                        Stream.of(whole.split("@")),
                        Stream.of(whole.split("[^\\p{L}\\p{N}]+")))
                    .flatMap(parts -> parts))
        .filter(word -> word.length() > 2)
        .distinct()
        .toList();
  }

  private static Failure weak(String warning) {
    String reason = warning == null || warning.isEmpty() ? "It is easily guessed" : warning;
    return Failure.of(Category.VALIDATION, "WEAK_PASSWORD", reason.replaceFirst("\\.$", "") + ".")
        .status(422)
        .suggest("Take several words that have nothing to do with each other, or with you.");
  }
}
