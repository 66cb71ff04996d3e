package dev.sluice.call;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/** Identifiers that are unique, cheap and not secret. */
public final class Ids {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private Ids() {}

  /** 24 hex digits, 96 random bits. */
  public static String next() {
    return hex(24);
  }

  /** {@code digits} random lower-case hex digits, never all zero. */
  public static String hex(int digits) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    byte[] text = new byte[digits];
    long bits = 0;
    for (int i = 0; i < digits; i++) {
      if (i % 16 == 0) bits = random.nextLong() | 1;
      text[i] = HEX[(int) bits & 15];
      bits >>>= 4;
    }
    return new String(text, StandardCharsets.ISO_8859_1);
  }
}
