package dev.sluice.app.studio.save;

import dev.sluice.call.Failure;
import java.text.Normalizer;

/** Names of slots: two that look the same are the same (Unicode normalization form C). */
final class SlotName {
  private static final String USUAL = "default";
  private static final int LONGEST = 64; // code points; normalized, it can be longer than it was

  private SlotName() {}

  /** Of what the contract lets pass; null is the usual one. */
  static String of(String given) {
    if (given == null) return USUAL;
    String name = Normalizer.normalize(given, Normalizer.Form.NFC);
    if (name.codePointCount(0, name.length()) <= LONGEST) return name;
    throw Failure.invalid("slot", "is longer than " + LONGEST + " characters in form NFC", given);
  }
}
