package dev.sluice.conf;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody probably meant to write. */
public final class Nearest {
  private Nearest() {}

  /** {@code ; did you mean "x"?}, or the valid names where none is near. */
  public static String hint(String wrong, Collection<String> valid) {
    Optional<String> near = find(wrong, valid);
    if (near.isPresent()) return "; did you mean \"" + near.get() + "\"?";
    return valid.isEmpty()
        ? ""
        : "; valid are " + String.join(", ", valid.stream().sorted().toList());
  }

  /** The candidate at the least edit distance, if it is near enough to be a slip. */
  public static Optional<String> find(String wrong, Collection<String> valid) {
    String best = null;
    int least = Math.max(2, wrong.length() / 3) + 1;
    for (String candidate : valid.stream().sorted().toList()) {
      int distance = distance(wrong.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      boolean alike = distance < Math.max(wrong.length(), candidate.length());
      if (alike && distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) row[j] = j;
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
