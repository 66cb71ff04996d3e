package dev.sluice.websocket;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * What a client asks for that wants a socket (RFC 6455 §4.2.1), and what it is answered (§4.2.2).
 *
 * @param key of the client
 * @param protocols that it speaks, the best first
 * @param deflates whether messages may be compressed as is done here (RFC 7692)
 */
public record Handshake(String key, List<String> protocols, boolean deflates) {
  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int KEY_BYTES = 16;

  /** Whether a request asks for one. */
  public static boolean isAskedFor(HttpMethod method, HttpVersion version, MultiMap headers) {
    return method == HttpMethod.GET
        && version == HttpVersion.HTTP_1_1
        && lists(headers, "upgrade", "websocket")
        && lists(headers, "connection", "upgrade");
  }

  /** Throws 400, or 426 where the version is another. */
  public static Handshake of(MultiMap headers) {
    if (!"13".equals(headers.get("sec-websocket-version"))) {
      throw Failure.of(
              Category.VALIDATION, "WEBSOCKET_VERSION", "WebSockets are spoken in version 13 here.")
          .status(426)
          .suggest("Send Sec-WebSocket-Version: 13.");
    }
    List<String> keys = headers.getAll("sec-websocket-key");
    if (keys.size() != 1 || !isKey(keys.get(0).trim())) {
      throw Failure.invalid("Sec-WebSocket-Key", "must be 16 bytes in base64, once", null);
    }
    return new Handshake(
        keys.get(0).trim(),
        list(headers, "sec-websocket-protocol"),
        PerMessageDeflate.isOffered(list(headers, "sec-websocket-extensions")));
  }

  private static boolean isKey(String key) {
    try {
      return Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * The fields of the answer, 101.
   *
   * @param protocol one of those that the client speaks; null, none
   */
  public MultiMap answer(String protocol) {
    MultiMap fields =
        MultiMap.caseInsensitiveMultiMap()
            .add("upgrade", "websocket")
            .add("connection", "Upgrade")
            .add("sec-websocket-accept", accept());
    if (protocol != null) fields.add("sec-websocket-protocol", protocol);
    if (deflates) fields.add("sec-websocket-extensions", PerMessageDeflate.ANSWER);
    return fields;
  }

  /** Whether what a server answers, with 101, is an answer to this (RFC 6455 §4.1). */
  public void check(MultiMap answer) throws BadHandshake {
    List<String> upgrade = list(answer, "upgrade");
    if (upgrade.size() != 1 || !upgrade.get(0).equalsIgnoreCase("websocket")) {
      throw new BadHandshake("Upgrade of the 101 is not websocket");
    }
    if (!lists(answer, "connection", "upgrade")) {
      throw new BadHandshake("Connection of the 101 does not have Upgrade");
    }
    List<String> accepts = answer.getAll("sec-websocket-accept");
    if (accepts.size() != 1 || !accepts.get(0).trim().equals(accept())) {
      throw new BadHandshake("Sec-WebSocket-Accept is not what the key makes");
    }
    List<String> chosen = answer.getAll("sec-websocket-protocol");
    if (chosen.size() > 1 || chosen.size() == 1 && !protocols.contains(chosen.get(0).trim())) {
      throw new BadHandshake("Sec-WebSocket-Protocol has what was not offered");
    }
  }

  /** The same, of a client that speaks these protocols alone. */
  public Handshake speaking(List<String> others) {
    return new Handshake(key, others, deflates);
  }

  /** {@code Sec-WebSocket-Accept}. */
  String accept() {
    byte[] both = (key + MAGIC).getBytes(StandardCharsets.US_ASCII);
    return Base64.getEncoder().encodeToString(sha1().digest(both));
  }

  private static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  private static boolean lists(MultiMap headers, String name, String option) {
    return list(headers, name).stream().anyMatch(option::equalsIgnoreCase);
  }

  /** The elements of a field in all its lines (RFC 9110 §5.6.1). */
  private static List<String> list(MultiMap headers, String name) {
    List<String> all = new ArrayList<>();
    for (String line : headers.getAll(name)) {
      for (String one : line.split(",")) if (!one.isBlank()) all.add(one.trim());
    }
    return all;
  }
}
