package dev.sluice.guard.idempotency;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import java.util.List;
import org.greenbytes.http.sfv.ParseException;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;

/** {@code Idempotency-Key}, quoted as its draft wants it (RFC 9651 §3.3.3) or as many send it. */
public final class Key {
  private static final int LONGEST = 255;

  private Key() {}

  /** The key of a field's lines; null without one. Throws 400 IDEMPOTENCY_KEY_INVALID. */
  public static String of(List<String> lines) {
    if (lines.isEmpty()) return null;
    if (lines.size() > 1) throw invalid("it is there " + lines.size() + " times");
    String text = lines.get(0).trim();
    String key = text.startsWith("\"") ? quoted(text) : text;
    Failure wrong = wrong(key);
    if (wrong != null) throw wrong;
    return key;
  }

  private static String quoted(String text) {
    try {
      if (Parser.parseItem(text) instanceof StringItem item) return item.get();
    } catch (ParseException e) {
      // said below
    }
    throw invalid("its quotes are not closed, or more follows them");
  }

  /** 400 IDEMPOTENCY_KEY_INVALID for what is no key; else null. */
  static Failure wrong(String key) {
    if (key.isEmpty()) return invalid("it is empty");
    if (key.length() > LONGEST) return invalid("it has " + key.length() + " characters");
    boolean visible = key.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    return visible ? null : invalid("it has spaces, or characters that are not visible ASCII");
  }

  private static Failure invalid(String reason) {
    String message = "The Idempotency-Key is not taken: " + reason + ".";
    return Failure.of(Category.VALIDATION, "IDEMPOTENCY_KEY_INVALID", message)
        .suggest("Send one of 1 to " + LONGEST + " visible ASCII characters, such as a UUID.");
  }

  /** 400 for a call that must have one. */
  static Failure required() {
    return Failure.of(
            Category.VALIDATION,
            "IDEMPOTENCY_KEY_REQUIRED",
            "This has an effect that must not happen twice, and needs an Idempotency-Key.")
        .suggest(
            "Send a new UUID for each thing you want done, and the same one with its repeats.");
  }
}
