package dev.sluice.framing;

import java.nio.charset.StandardCharsets;

/** Bytes on the wire, written with \\r, \\n, \\t, \\0 and \\xHH. */
final class Wire {
  private Wire() {}

  static byte[] bytes(String text) {
    StringBuilder raw = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        raw.append(c);
        continue;
      }
      switch (text.charAt(++i)) {
        case 'r' -> raw.append('\r');
        case 'n' -> raw.append('\n');
        case 't' -> raw.append('\t');
        case '0' -> raw.append('\0');
        default -> {
          raw.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
          i += 2;
        }
      }
    }
    return raw.toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
