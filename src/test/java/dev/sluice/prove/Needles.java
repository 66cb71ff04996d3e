package dev.sluice.prove;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * Secrets, in every form that they might lie about in, and the search for them in any bytes. Each
 * form is long enough not to be met by chance.
 */
final class Needles {
  private static final int SHORTEST = 8; // what a window is compared by first
  private static final int FILTER_BITS = 22;

  private final Map<Long, List<Needle>> byBeginning = new HashMap<>();
  private final long[] filter = new long[1 << FILTER_BITS - 6];
  private final List<String> told = new ArrayList<>();
  private int forms;
  private long searched;

  private record Needle(String secret, String form, byte[] bytes) {}

  /** A text; {@code secret} is what it is called where it is found. */
  void text(String secret, String text) {
    for (Charset set :
        List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
      add(secret, set.name(), text.getBytes(set));
    }
    encoded(secret, text.getBytes(StandardCharsets.UTF_8));
  }

  /** 128 bits, as a UUID or as they are. */
  void id(String secret, byte[] id) {
    String plain = HexFormat.of().formatHex(id);
    String dashed = plain.replaceFirst("(.{8})(.{4})(.{4})(.{4})", "$1-$2-$3-$4-");
    for (String text : List.of(plain, dashed)) {
      text(secret, text);
      text(secret, text.toUpperCase(Locale.ROOT));
    }
    add(secret, "bytes", id);
    encoded(secret, id);
  }

  /** Base64 in each of the three ways that bytes can fall into it, and hexadecimal digits. */
  private void encoded(String secret, byte[] bytes) {
    add(secret, "hex", ascii(HexFormat.of().formatHex(bytes)));
    add(secret, "HEX", ascii(HexFormat.of().withUpperCase().formatHex(bytes)));
    for (int before = 0; before < 3; before++) {
      byte[] shifted = new byte[before + bytes.length];
      System.arraycopy(bytes, 0, shifted, before, bytes.length);
      for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
        String text = encoder.withoutPadding().encodeToString(shifted);
        int sure = shifted.length / 3 * 4; // beyond it what follows has a say
        add(secret, "base64", ascii(text.substring(before == 0 ? 0 : 4, sure)));
      }
    }
  }

  private void add(String secret, String form, byte[] bytes) {
    if (bytes.length < SHORTEST) throw new IllegalArgumentException(form + " is too short");
    List<Needle> same = byBeginning.computeIfAbsent(window(bytes, 0), k -> new ArrayList<>());
    if (same.stream().anyMatch(n -> Arrays.equals(n.bytes, bytes))) return;
    same.add(new Needle(secret, form, bytes));
    int slot = slot(window(bytes, 0));
    filter[slot >>> 6] |= 1L << slot;
    forms++;
  }

  /** Searches bytes that were found at a place, and what they are once unpacked. */
  void search(String place, byte[] bytes) {
    searched += bytes.length;
    long window = 0;
    for (int i = 0; i < bytes.length; i++) {
      window = window << 8 | bytes[i] & 0xff;
      if (i < SHORTEST - 1) continue;
      int slot = slot(window);
      if ((filter[slot >>> 6] & 1L << slot) != 0) compare(place, bytes, i - SHORTEST + 1, window);
    }
    if (isPacked(bytes)) search(place + ", unpacked", unpacked(bytes));
  }

  private void compare(String place, byte[] bytes, int at, long window) {
    for (Needle needle : byBeginning.getOrDefault(window, List.of())) {
      int end = at + needle.bytes.length;
      if (end > bytes.length || !Arrays.equals(bytes, at, end, needle.bytes, 0, end - at)) continue;
      told.add(needle.secret + " as " + needle.form + " in " + place);
    }
  }

  /** How often the secrets of that name were found, in places whose names begin so. */
  long found(String secret, String place) {
    return told.stream()
        .filter(each -> each.startsWith(secret) && each.contains(" in " + place))
        .count();
  }

  /** All that were found, but for those of a name. */
  List<String> told(String but) {
    return told.stream().filter(each -> !each.startsWith(but)).toList();
  }

  int forms() {
    return forms;
  }

  long searched() {
    return searched;
  }

  private static int slot(long window) {
    return (int) (window * 0x9E3779B97F4A7C15L >>> 64 - FILTER_BITS);
  }

  private static long window(byte[] bytes, int at) {
    long window = 0;
    for (int i = 0; i < SHORTEST; i++) window = window << 8 | bytes[at + i] & 0xff;
    return window;
  }

  private static boolean isPacked(byte[] bytes) {
    return bytes.length > 18 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b;
  }

  private static byte[] unpacked(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      in.transferTo(out);
    } catch (IOException e) {
      // as far as it goes
    }
    return out.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
