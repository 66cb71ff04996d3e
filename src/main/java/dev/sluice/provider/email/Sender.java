package dev.sluice.provider.email;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who mails are from: {@code no-reply@example.com} or {@code Example <no-reply@example.com>}.
 *
 * @param name empty for none
 */
record Sender(String name, EmailAddress address) {
  private static final Pattern NAMED = Pattern.compile("([^<>\"\\\\]+) <([^<>]+)>");
  private static final Pattern ATOMS = Pattern.compile("[a-zA-Z0-9!#$%&'*+/=?^_`{|}~ -]+");
  private static final int WORD_BYTES = 42; // in base64 no more than the 75 characters of a word

  /** Throws {@link IllegalArgumentException}. */
  static Sender parse(String text) {
    Matcher named = NAMED.matcher(text);
    if (!named.matches()) return new Sender("", EmailAddress.parse(text));
    String name = named.group(1);
    if (name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a name is one line of text");
    }
    return new Sender(name, EmailAddress.parse(named.group(2)));
  }

  /** As a header field has it: RFC 5322 §3.4, the name by RFC 2047 where it is not ASCII. */
  String header() {
    if (name.isEmpty()) return address.text();
    String written = ATOMS.matcher(name).matches() ? name : '"' + name + '"';
    boolean ascii = name.chars().allMatch(c -> c < 0x80);
    return (ascii ? written : encoded()) + " <" + address.text() + ">";
  }

  private String encoded() {
    List<String> words = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    for (int character : name.codePoints().toArray()) {
      if (bytes(part + Character.toString(character)).length > WORD_BYTES) {
        words.add(word(part.toString()));
        part.setLength(0);
      }
      part.appendCodePoint(character);
    }
    words.add(word(part.toString()));
    return String.join(" ", words);
  }

  private static String word(String part) {
    return "=?UTF-8?B?" + Base64.getEncoder().encodeToString(bytes(part)) + "?=";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
