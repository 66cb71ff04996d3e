package dev.sluice.prove;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One-time codes, and the search for them where they would stand. Six digits are met anywhere by
 * chance: a number, a time or a part of an identifier is none.
 */
final class Codes {
  /** What is measured stands there as a text, too, where the interceptor logging has written it. */
  private static final String MEASURED = "(?<!\"(?:micros|bodyBytes|replyBytes)\": ?\")";

  private static final Pattern CODE =
      Pattern.compile(
          "(?<![\\w.:+/=-])(?<!\": )" + MEASURED + "(\\d{3})[ -]?(\\d{3})(?![\\w+/=]|[.:-]\\w)");

  private static final int AROUND = 30;

  private final Map<String, String> codes = new HashMap<>();
  private final List<String> found = new ArrayList<>();

  void add(String whose, String code) {
    codes.put(code.replace(" ", ""), whose);
  }

  void search(String place, byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    Matcher code = CODE.matcher(text);
    while (code.find()) {
      String whose = codes.get(code.group(1) + code.group(2));
      if (whose == null) continue;
      int from = Math.max(0, code.start() - AROUND);
      String around = text.substring(from, Math.min(text.length(), code.end() + AROUND));
      found.add(whose + "'s code in " + place + ": " + around);
    }
  }

  int count() {
    return codes.size();
  }

  long found(String whose, String place) {
    return found.stream().filter(f -> f.startsWith(whose) && f.contains(" in " + place)).count();
  }

  List<String> told(String but) {
    return found.stream().filter(each -> !each.startsWith(but)).toList();
  }
}
