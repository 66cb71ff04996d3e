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
  private static final Pattern SIGN =
      Pattern.compile("[\\p{Punct}&&[^\"-]]|(?<=\\S)-|-(?=\\s|-|$)");
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
