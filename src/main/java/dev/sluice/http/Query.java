package dev.sluice.http;

import dev.sluice.call.Failure;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Percent-decoding, once and strictly: what is not UTF-8 is refused, never repaired. */
final class Query {
  private static final int MAX_PARAMETERS = 100;

  private Query() {}

  /** A query string's parameters in order; {@code +} is a space (WHATWG URL, form encoding). */
  static Map<String, List<String>> parse(String query) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    if (query == null || query.isEmpty()) return parameters;
    int count = 0;
    for (String pair : query.split("&")) {
      if (pair.isEmpty()) continue;
      if (++count > MAX_PARAMETERS) {
        throw Failure.invalid("query", "has more than " + MAX_PARAMETERS + " parameters", null);
      }
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals), true, "query");
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1), true, name);
      parameters.computeIfAbsent(name, n -> new ArrayList<>(1)).add(value);
    }
    return parameters;
  }

  /** One percent-decoded text. Throws VALIDATION_ERROR naming {@code where}. */
  static String decode(String text, boolean plusIsSpace, String where) {
    if (text.indexOf('%') < 0 && (!plusIsSpace || text.indexOf('+') < 0) && isAscii(text)) {
      return text;
    }
    byte[] bytes = new byte[text.length()];
    int size = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        boolean whole = i + 2 < text.length();
        int high = whole ? Character.digit(text.charAt(i + 1), 16) : -1;
        int low = whole ? Character.digit(text.charAt(i + 2), 16) : -1;
        if (high < 0 || low < 0) {
          throw Failure.invalid(where, "has a % that is not followed by two hex digits", null);
        }
        bytes[size++] = (byte) (high << 4 | low);
        i += 2;
      } else if (c > 0x7f) {
        throw Failure.invalid(where, "has bytes that must be percent-encoded", null);
      } else {
        bytes[size++] = (byte) (c == '+' && plusIsSpace ? ' ' : c);
      }
    }
    try {
      String decoded =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, size)).toString();
      if (decoded.indexOf('\0') >= 0) throw Failure.invalid(where, "has a NUL in it", null);
      return decoded;
    } catch (CharacterCodingException e) {
      throw Failure.invalid(where, "is not UTF-8", null);
    }
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) if (text.charAt(i) > 0x7f) return false;
    return true;
  }
}
