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
  private static final Pattern CODE =
      Pattern.compile("(?<![\\w.:+/=-])(?<!\": )(\\d{3})[ -]?(\\d{3})(?![\\w+/=]|[.:-]\\w)");

  private final Map<String, String> codes = new HashMap<>();
  private final List<String> found = new ArrayList<>();

  void add(String whose, String code) {
    codes.put(code.replace(" ", ""), whose);
  }

  void search(String place, byte[] bytes) {
    Matcher code = CODE.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    while (code.find()) {
      String whose = codes.get(code.group(1) + code.group(2));
      if (whose != null) found.add(whose + "'s code in " + place);
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
