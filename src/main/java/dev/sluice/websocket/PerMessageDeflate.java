package dev.sluice.websocket;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Whether a client's offers have one that {@link Deflate} can take (RFC 7692 §5, §7.1). */
final class PerMessageDeflate {
  /** Each message stands alone, in both directions: an answer may say so unasked (§7.1.1). */
  static final String ANSWER =
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

  private static final Set<String> FLAGS =
      Set.of("server_no_context_takeover", "client_no_context_takeover");

  private PerMessageDeflate() {}

  /** {@code offers} are the elements of Sec-WebSocket-Extensions. */
  static boolean isOffered(List<String> offers) {
    return offers.stream().anyMatch(PerMessageDeflate::fits);
  }

  private static boolean fits(String offer) {
    String[] parts = offer.split(";", -1);
    if (!parts[0].trim().equalsIgnoreCase("permessage-deflate")) return false;
    Set<String> seen = new HashSet<>();
    for (int i = 1; i < parts.length; i++) {
      String[] parameter = parts[i].trim().split("=", 2);
      String name = parameter[0].trim().toLowerCase(Locale.ROOT);
      String value = parameter.length < 2 ? null : parameter[1].trim().replace("\"", "");
      if (!seen.add(name) || !fits(name, value)) return false;
    }
    return true;
  }

  /** A smaller window than the usual cannot be kept to by the JDK's compressor. */
  private static boolean fits(String name, String value) {
    if (FLAGS.contains(name)) return value == null;
    if (name.equals("client_max_window_bits")) return value == null || isBits(value);
    return name.equals("server_max_window_bits") && "15".equals(value);
  }

  private static boolean isBits(String value) {
    return value.matches("[89]|1[0-5]");
  }
}
