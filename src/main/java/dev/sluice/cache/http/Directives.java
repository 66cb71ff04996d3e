package dev.sluice.cache.http;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.greenbytes.http.sfv.Dictionary;
import org.greenbytes.http.sfv.IntegerItem;
import org.greenbytes.http.sfv.ParseException;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;

/**
 * The directives of a Cache-Control, or of a field that is like one, by name in small letters. The
 * first of equal names counts, as RFC 9111 §4.2.1 allows; of those that restrict, all.
 */
final class Directives {
  static final Directives NONE = new Directives(Map.of());

  /** Of a field whose last quote is never closed: what else it would say might be anything. */
  private static final Directives STRICTEST =
      new Directives(Map.of("no-store", "", "no-cache", "", "private", ""));

  private static final int UNCLOSED = Integer.MAX_VALUE;

  /** Above 68 years nobody asks (RFC 9111 §1.2.2). */
  private static final long FOREVER = Integer.MAX_VALUE;

  private final Map<String, String> byName;

  private Directives(Map<String, String> byName) {
    this.byName = byName;
  }

  /** Reads {@code token [ "=" ( token / quoted-string ) ]}, comma separated (RFC 9111 §5.2). */
  static Directives parse(List<String> lines) {
    if (lines.isEmpty()) return NONE;
    Map<String, String> found = new HashMap<>(4);
    for (String line : lines) {
      int at = 0;
      while (at < line.length()) at = one(line, at, found);
      if (at == UNCLOSED) return STRICTEST;
    }
    return new Directives(found);
  }

  /** Reads a Structured Dictionary (RFC 9213 §2.1); null where it is none, or empty. */
  static Directives parseTargeted(List<String> lines) {
    if (lines.isEmpty()) return null;
    Dictionary dictionary;
    try {
      dictionary = new Parser(lines).parseDictionary();
    } catch (ParseException invalid) {
      return null;
    }
    if (dictionary.get().isEmpty()) return null;
    Map<String, String> found = new HashMap<>(4);
    dictionary
        .get()
        .forEach(
            (name, item) -> {
              if (item.get() instanceof Boolean flag) {
                if (flag) found.put(name, "");
              } else if (item instanceof IntegerItem || item instanceof StringItem) {
                boolean number = item instanceof IntegerItem;
                if (number == isNumeric(name)) found.put(name, String.valueOf(item.get()));
                else if (!isNumeric(name)) found.put(name, ""); // it restricts all the same
              } else if (!isNumeric(name)) {
                found.put(name, "");
              }
            });
    return new Directives(found);
  }

  private static boolean isNumeric(String name) {
    return name.endsWith("age") || name.startsWith("stale-");
  }

  private static int one(String line, int from, Map<String, String> found) {
    int at = from;
    int end = line.length();
    while (at < end && line.charAt(at) != ',' && line.charAt(at) != '=') at++;
    String name = line.substring(from, at).trim().toLowerCase(Locale.ROOT);
    String value = "";
    if (at < end && line.charAt(at) == '=') {
      int begin = ++at;
      if (at < end && line.charAt(at) == '"') {
        StringBuilder text = new StringBuilder();
        for (at++; at < end && line.charAt(at) != '"'; at++) {
          if (line.charAt(at) == '\\' && at + 1 < end) at++;
          text.append(line.charAt(at));
        }
        if (at >= end) return UNCLOSED;
        value = text.toString();
        while (at < end && line.charAt(at) != ',') at++;
      } else {
        while (at < end && line.charAt(at) != ',') at++;
        value = line.substring(begin, at).stripTrailing();
      }
    }
    if (!name.isEmpty()) put(found, name, value);
    return at + 1;
  }

  private static void put(Map<String, String> found, String name, String value) {
    if (name.equals("private") || name.equals("no-cache")) {
      found.merge(name, value, (a, b) -> a.isEmpty() || b.isEmpty() ? "" : a + "," + b);
    } else {
      found.putIfAbsent(name, value);
    }
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }

  /** Whether it is there without an argument: with one it is about some fields only. */
  boolean isPlain(String name) {
    return "".equals(byName.get(name));
  }

  /** The argument, empty where there is none, null without the directive. */
  String value(String name) {
    return byName.get(name);
  }

  /** Delta seconds (RFC 9111 §1.2.2); -1 without the directive, 0 where it is no number. */
  long seconds(String name) {
    String value = byName.get(name);
    if (value == null) return -1;
    return Math.max(0, delta(value));
  }

  /** Delta seconds, -1 where the text is no number. */
  static long delta(String text) {
    if (text.isEmpty()) return -1;
    long seconds = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') return -1;
      seconds = Math.min(FOREVER, seconds * 10 + c - '0');
    }
    return seconds;
  }
}
