package dev.sluice.app.studio.sync;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Entity tags (RFC 9110 §8.8.3) that tell the version, and its content from another's. */
public final class Etag {
  private static final int SHOWN_BYTES = 8;
  private static final Pattern FORM =
      Pattern.compile("(?:W/)?\"([0-9]{1,10})-([0-9a-f]{16})(?:-gzip)?\"");

  private Etag() {}

  /** The quoted tag of a version whose content has this SHA-256. */
  public static String of(int version, byte[] sha256) {
    byte[] shown = Arrays.copyOf(sha256, SHOWN_BYTES);
    return "\"" + version + "-" + HexFormat.of().formatHex(shown) + "\"";
  }

  /**
   * The tag as it was given out: what compression and intermediaries make of it is put right, for
   * it names a version, not bytes. Null where it is none of ours.
   */
  static String plain(String given) {
    Matcher tag = FORM.matcher(given.trim());
    return tag.matches() ? "\"" + tag.group(1) + "-" + tag.group(2) + "\"" : null;
  }

  /** The first bytes of the SHA-256 that a tag of ours tells. */
  static byte[] begins(String plain) {
    return HexFormat.of().parseHex(plain.substring(plain.indexOf('-') + 1, plain.length() - 1));
  }

  /** The version that a tag of ours tells. */
  static int version(String plain) {
    return (int)
        Math.min(Integer.MAX_VALUE, Long.parseLong(plain.substring(1, plain.indexOf('-'))));
  }
}
