package dev.sluice.app.studio.note;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What somebody looks for, as PostgreSQL reads it.
 *
 * @param words as in a web search (websearch_to_tsquery), with no signs that mean nothing there
 * @param beginnings of words (to_tsquery), where it is in a script that sets no spaces between
 *     them: there a text is one long word; else empty
 */
record Wanted(String words, String beginnings) {
  private static final String SIGNS = // those of note_words, but for " and -
      "!#-,./:-@\\[-`{-~\\u00A0-\\u00A9\\u00AB-\\u00B4\\u00B6-\\u00B9\\u00BB-\\u00BF"
          + "\\u00D7\\u00F7\\u2000-\\u206F\\u20A0-\\u2BFF\\u2E00-\\u2E7F\\u3000-\\u3004"
          + "\\u3008-\\u3020\\u3030\\u303D\\u30A0\\u30FB\\uFF01-\\uFF0F\\uFF1A-\\uFF20"
          + "\\uFF3B-\\uFF40\\uFF5B-\\uFF65\\x{1F000}-\\x{1FAFF}";
  private static final Pattern SIGN = Pattern.compile("[" + SIGNS + "]|(?<=\\S)-|-(?=\\s|-|$)");
  private static final Pattern WORD = Pattern.compile("(-?)([\\p{L}\\p{M}\\p{N}]+)");
  private static final Set<UnicodeScript> WITHOUT_SPACES =
      Set.of(
          UnicodeScript.HAN,
          UnicodeScript.HIRAGANA,
          UnicodeScript.KATAKANA,
          UnicodeScript.HANGUL,
          UnicodeScript.THAI,
          UnicodeScript.LAO,
          UnicodeScript.KHMER,
          UnicodeScript.MYANMAR);

  static Wanted of(String asked) {
    String words = SIGN.matcher(asked).replaceAll(" ");
    boolean plain = words.indexOf('"') < 0;
    boolean joined = words.codePoints().anyMatch(c -> WITHOUT_SPACES.contains(UnicodeScript.of(c)));
    return new Wanted(words, plain && joined ? beginnings(words) : "");
  }

  private static String beginnings(String words) {
    List<String> all = new ArrayList<>();
    Matcher word = WORD.matcher(words);
    while (word.find()) {
      if (word.group(2).toLowerCase(Locale.ROOT).equals("or")) return "";
      boolean without = !word.group(1).isEmpty();
      all.add(without ? "!'" + word.group(2) + "'" : "'" + word.group(2) + "':*");
    }
    return String.join(" & ", all);
  }
}
